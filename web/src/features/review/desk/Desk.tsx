import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";

import { Failure } from "@/components/Notice";
import { Skeleton } from "@/components/Skeleton";

import { actOf, keyName } from "../shared/keys";
import { KeysDialog } from "../shared/KeysDialog";
import { progressQuery } from "../shared/queries";
import { ReviewFrame } from "../shared/ReviewFrame";
import { useKeyPress, useKeys } from "../shared/useKeys";
import { ActionBar } from "./ActionBar";
import { Bench } from "./Bench";
import { CommentDialog } from "./CommentDialog";
import { Done } from "./Done";
import { Figures } from "./Figures";
import { Filters } from "./Filters";
import type { DeskParams } from "./params";
import { sessionOf } from "./session";
import { usePhotosAhead } from "./usePhotos";
import { useQueue, type Asked } from "./useQueue";
import { useVerbs, type Dialogue } from "./useVerbs";

const route = getRouteApi("/shell/review");

/** Items to review, one after the other: each on one screen, cleared by keys. */
export default function Desk() {
  const params = route.useSearch();
  // What is narrowed is another desk: items of the one before are given back.
  return <Narrowed key={JSON.stringify(params)} params={params} />;
}

function Narrowed({ params }: { params: DeskParams }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const narrow = (search: DeskParams) => void navigate({ search, replace: true });
  const asked = useMemo(() => askedOf(params), [params]);
  const desk = useQueue(asked);
  const progress = useQuery(progressQuery).data;
  const { queue } = desk;
  const [first, ...next] = queue.held;
  const session = sessionOf(queue.past);
  const [dialogue, setDialogue] = useState<Dialogue | null>(null);
  const { verbs, answer } = useVerbs(desk, setDialogue);
  const { keys, isOn } = useKeys("desk");
  usePhotosAhead(useMemo(() => queue.held.map(({ item }) => item), [queue.held]));
  useKeyPress(isOn, (event) => {
    const act = actOf<"desk">(keys, keyName(event));
    const verb = act !== undefined && act in verbs ? verbs[act as keyof typeof verbs] : undefined;
    if (verb && !event.repeat) verb();
    return verb !== undefined;
  });
  const tools = (
    <>
      <Filters {...{ params, progress }} onChange={narrow} />
      <Figures {...{ session, progress }} open={queue.open} />
    </>
  );
  const isEdited = (first?.edits.past.length ?? 0) > 0;
  const bar = (
    <ActionBar
      verbs={verbs}
      keys={keys}
      isChanged={isEdited}
      isReady={first !== undefined && !first.isComing}
      canUndo={queue.past.length > 0 || isEdited}
    />
  );
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keeps keys with the desk
    <div onMouseDown={keepFocus}>
      <ReviewFrame title={t("review.title")} shown={first?.item.id} {...{ tools, bar }}>
        <p className="hidden-text" role="status">
          {first && t("review.desk.now", { title: first.item.product.title, rest: next.length })}
        </p>
        {first && <Bench key={first.item.id} held={first} onEdit={desk.edit} onSee={desk.see} />}
        {!first && <Nothing {...{ desk, session, progress, params }} onWiden={() => narrow({})} />}
      </ReviewFrame>
      <Dialogues {...{ dialogue, answer }} onClose={() => setDialogue(null)} />
    </div>
  );
}

interface NothingProps {
  desk: ReturnType<typeof useQueue>;
  session: ReturnType<typeof sessionOf>;
  progress: Parameters<typeof Done>[0]["progress"];
  params: DeskParams;
  onWiden: () => void;
}

/** What stands where no item is: they are on their way, did not come, or are all done. */
function Nothing({ desk, session, progress, params, onWiden }: NothingProps) {
  const look = () => desk.fetchMore();
  if (desk.error !== null) return <Failure error={desk.error} retry={look} />;
  if (!desk.queue.isDry) return <Skeleton height="60vh" />;
  return (
    <Done
      {...{ session, progress, onWiden }}
      isNarrowed={Object.keys(params).length > 0}
      isLooking={desk.isFetching}
      onLook={look}
    />
  );
}

interface DialoguesProps {
  dialogue: Dialogue | null;
  answer: (outcome: "flag" | "return", comment: string) => void;
  onClose: () => void;
}

function Dialogues({ dialogue, answer, onClose }: DialoguesProps) {
  const { t } = useTranslation();
  if (dialogue === null) return null;
  if (dialogue !== "help") {
    return (
      <CommentDialog
        about={dialogue}
        onClose={onClose}
        onComment={(comment) => {
          onClose();
          answer(dialogue === "flag" ? "flag" : "return", comment);
        }}
      />
    );
  }
  return (
    <KeysDialog
      screen="desk"
      onClose={onClose}
      fixed={[
        ["1 – 9", t("review.keys.digits")],
        ["⇧ 1 – 9", t("review.keys.beside")],
        ["0", t("review.desk.noneFits")],
        ["← →", t("review.keys.photos")],
        ["↑ ↓", t("review.keys.facets")],
        ["← ↑ → ↓", t("review.keys.box")],
        ["Esc", t("review.keys.leave")],
      ]}
    />
  );
}

/** Pressing a button with the mouse leaves the focus, and so the keys, where they were. */
function keepFocus(event: MouseEvent): void {
  const { target } = event;
  if (target instanceof Element && target.closest("button:not([data-box])")) event.preventDefault();
}

function askedOf({ product, ...params }: DeskParams): Asked {
  return { ...params, ...(product !== undefined && { product_ids: [product] }) };
}

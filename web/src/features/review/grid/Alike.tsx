import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Check, Keyboard, LayoutGrid, SquareCheck, StepForward, Undo2 } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { bottomBar } from "@/components/bottomBar";
import { Button } from "@/components/Button";
import { ButtonLink } from "@/components/ButtonLink";
import { useFacetName, useLabelName } from "@/components/fields";
import { Failure, Notice } from "@/components/Notice";
import { QueryState } from "@/components/QueryState";
import { Skeleton } from "@/components/Skeleton";

import { Key } from "../shared/Key";
import { actOf, keyName, type Keys } from "../shared/keys";
import { KeysDialog } from "../shared/KeysDialog";
import { ReviewFrame } from "../shared/ReviewFrame";
import { useKeyPress, useKeys } from "../shared/useKeys";
import styles from "./Alike.module.css";
import { Groups } from "./Groups";
import { FIRST, type GridParams } from "./params";
import { alikeQuery } from "./queries";
import { Tiles } from "./Tiles";
import { useWall, type Group } from "./useWall";
import { marked } from "./wall";

const route = getRouteApi("/shell/review/grid");

/** Items that the model gave the same label, to be accepted many at once. */
export default function Alike() {
  const { t } = useTranslation();
  const { facet = FIRST, value } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery(alikeQuery(facet));
  const groups = found.data ?? [];
  const go = (search: GridParams) => void navigate({ search, replace: true });
  const largest = groups[0]?.value;
  useEffect(() => {
    // Named in the address, so that it stays when another becomes the largest.
    if (value === undefined && largest !== undefined) {
      void navigate({ search: { facet, value: largest }, replace: true });
    }
  }, [facet, value, largest, navigate]);
  const at = groups.findIndex((group) => group.value === value);
  const others = [...groups.slice(at + 1), ...groups.slice(0, Math.max(0, at))];
  const next = others.find((group) => group.open > 0);
  const tools = <Groups {...{ groups, facet, value }} onGroup={go} />;
  if (value !== undefined) {
    return (
      <Shown
        key={`${facet} ${value}`}
        group={{ facet, value }}
        tools={tools}
        onNext={next && (() => go({ facet, value: next.value }))}
      />
    );
  }
  return (
    <ReviewFrame title={t("review.grid.pageTitle")} tools={tools}>
      <QueryState query={found} height="60vh" />
      {found.data?.length === 0 && <Nothing />}
    </ReviewFrame>
  );
}

function Nothing() {
  const { t } = useTranslation();
  return (
    <Notice
      icon={<LayoutGrid aria-hidden />}
      title={t("review.grid.empty")}
      actions={
        <ButtonLink to="/review" search={{}}>
          {t("review.grid.toDesk")}
        </ButtonLink>
      }
    >
      {t("review.grid.emptyText")}
    </Notice>
  );
}

interface ShownProps {
  group: Group;
  tools: ReactNode;
  /** Absent where this group is the last. */
  onNext: (() => void) | undefined;
}

function Shown({ group, tools, onNext }: ShownProps) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const labelName = useLabelName();
  const { wall, error, fetchMore, toggle, markAll, accept, takeBack } = useWall(group);
  const [isHelp, setHelp] = useState(false);
  const { keys, isOn } = useKeys("grid");
  const acts = {
    toggle: () => {
      const { tile } = (document.activeElement as HTMLElement | null)?.dataset ?? {};
      const at = wall.tiles[Number(tile)];
      if (at) toggle(at.item.id);
    },
    acceptMarked: accept,
    markAll,
    undo: () => void takeBack(),
    nextGroup: () => onNext?.(),
    help: () => setHelp(true),
  };
  useKeyPress(isOn, (event) => {
    const act = actOf<"grid">(keys, keyName(event));
    if (act && !event.repeat) acts[act]();
    return act !== undefined;
  });
  const label = labelName(group.facet, group.value);
  const bar = (
    <Bar
      {...{ keys, acts }}
      count={marked(wall).length}
      canUndo={wall.past.length > 0}
      hasNext={onNext !== undefined}
    />
  );
  const isBare = wall.tiles.length === 0 && error === null;
  return (
    <ReviewFrame title={t("review.grid.pageTitle")} {...{ tools, bar }}>
      <section className={styles.shown} aria-labelledby="review-group">
        <h2 id="review-group">
          {t("review.grid.question", { facet: facetName(group.facet), value: label })}
        </h2>
        <p className={styles.lead}>{t("review.grid.lead")}</p>
        {error !== null && <Failure error={error} retry={() => fetchMore()} />}
        {isBare && (wall.isDry ? <Cleared {...{ label, onNext }} /> : <Skeleton height="50vh" />)}
        <Tiles tiles={wall.tiles} group={group} onToggle={toggle} />
      </section>
      {isHelp && (
        <KeysDialog
          screen="grid"
          fixed={[["← ↑ → ↓", t("review.keys.walk")]]}
          onClose={() => setHelp(false)}
        />
      )}
    </ReviewFrame>
  );
}

function Cleared({ label, onNext }: { label: string; onNext: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <Notice
      icon={<Check aria-hidden />}
      title={t("review.grid.cleared", { value: label })}
      actions={
        onNext && (
          <Button look="primary" onClick={onNext}>
            {t("review.act.nextGroup")}
          </Button>
        )
      }
    />
  );
}

interface BarProps {
  keys: Keys<"grid">;
  acts: Readonly<Record<"acceptMarked" | "markAll" | "undo" | "nextGroup" | "help", () => void>>;
  count: number;
  canUndo: boolean;
  hasNext: boolean;
}

function Bar({ keys, acts, count, canUndo, hasNext }: BarProps) {
  const { t } = useTranslation();
  return (
    <div
      ref={bottomBar}
      className={styles.bar}
      role="toolbar"
      aria-label={t("review.desk.actions")}
    >
      <Button
        look="primary"
        icon={<Check size={18} aria-hidden />}
        disabled={count === 0}
        onClick={acts.acceptMarked}
      >
        {t("review.grid.accept", { count })}
        <Key name={keys.acceptMarked} />
      </Button>
      <Button icon={<SquareCheck size={16} aria-hidden />} onClick={acts.markAll}>
        {t("review.act.markAll")}
        <Key name={keys.markAll} />
      </Button>
      <Button
        icon={<StepForward size={16} aria-hidden />}
        disabled={!hasNext}
        onClick={acts.nextGroup}
      >
        {t("review.act.nextGroup")}
        <Key name={keys.nextGroup} />
      </Button>
      <span className={styles.gap} />
      <Button
        look="quiet"
        icon={<Undo2 size={16} aria-hidden />}
        disabled={!canUndo}
        onClick={acts.undo}
      >
        {t("review.act.undo")}
        <Key name={keys.undo} />
      </Button>
      <Button
        look="quiet"
        className={styles.help}
        icon={<Keyboard size={16} aria-hidden />}
        onClick={acts.help}
      >
        {t("review.act.help")}
        <Key name={keys.help} />
      </Button>
    </div>
  );
}

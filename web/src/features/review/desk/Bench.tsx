import { TriangleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import styles from "./Bench.module.css";
import { BoxTools } from "./BoxTools";
import type { Edits } from "./draft";
import { Facets } from "./Facets";
import type { Held } from "./queue";
import { ReasonDialog } from "./ReasonDialog";
import { Stage } from "./Stage";
import { Strip } from "./Strip";
import { Told } from "./Told";
import { useBench, type Bench as Acts } from "./useBench";
import { toggleAside } from "../shared/aside";
import { actOf, digitOf, keyName } from "../shared/keys";
import { useKeyPress, useKeys } from "../shared/useKeys";

interface Props {
  held: Held;
  onEdit: (edits: Edits) => void;
  onSee: (itemId: string, imageId: string) => void;
}

/** One item: its photo with all boxes, its product's words, its labels. */
export function Bench({ held, onEdit, onSee }: Props) {
  const { t } = useTranslation();
  const bench = useBench(held, onEdit);
  const { keys, isOn } = useKeys("desk");
  const [isAsking, setAsking] = useState(false);
  const kindSelect = useRef<HTMLSelectElement>(null);
  const wordField = useRef<HTMLInputElement>(null);
  const itemId = held.item.id;
  const imageId = bench.image?.id;
  useEffect(() => {
    if (imageId !== undefined) onSee(itemId, imageId);
  }, [itemId, imageId, onSee]);
  const ask = () => setAsking(true);
  const places = {
    kind: () => kindSelect.current?.focus(),
    word: () => wordField.current?.focus(),
    ask,
  };
  useKeyPress(isOn, (event) => pressed(event, bench, actOf<"desk">(keys, keyName(event)), places));
  return (
    <div className={styles.bench} aria-busy={held.isComing}>
      <section className={styles.photo} aria-label={t("catalog.photos")}>
        <div className={styles.stage}>
          <Stage bench={bench} />
        </div>
        <Strip bench={bench} seen={held.seen} />
        <BoxTools {...{ bench, keys, kindSelect }} onReject={ask} />
      </section>
      <div className={styles.side}>
        {held.problem !== null && (
          <p role="alert" className={styles.problem}>
            <TriangleAlert size={17} aria-hidden />
            <span>{t("review.desk.notTaken", { reason: held.problem })}</span>
          </p>
        )}
        <Told bench={bench} />
        <Facets {...{ bench, keys, wordField }} />
      </div>
      {isAsking && (
        <ReasonDialog
          onClose={() => setAsking(false)}
          onReason={(reason) => {
            setAsking(false);
            bench.judge("rejected", reason);
          }}
        />
      )}
    </div>
  );
}

interface Places {
  kind: () => void;
  word: () => void;
  ask: () => void;
}

/** What a key does to the item; false for one that means something to the whole desk. */
function pressed(
  event: KeyboardEvent,
  bench: Acts,
  act: ReturnType<typeof actOf<"desk">>,
  places: Places,
): boolean {
  const digit = digitOf(event);
  if (digit === 0) bench.chooseNone();
  else if (digit !== null) bench.chooseNumber(digit, event.shiftKey);
  else if (event.key in ARROWS) ARROWS[event.key as keyof typeof ARROWS](bench);
  else if (event.key === "Escape" && bench.view.boxKey !== null) bench.chooseBox(null);
  else if (act === "nextBox" || act === "previousBox") bench.walkBoxes(act === "nextBox" ? 1 : -1);
  else if (act === "draw") bench.draw(true, false);
  else if (act === "word") places.word();
  else if (act === "aside" && bench.facet) toggleAside(bench.facet.facet);
  else return boxPressed(bench, act, places);
  return true;
}

/** What a key does to the chosen box. */
function boxPressed(bench: Acts, act: ReturnType<typeof actOf<"desk">>, places: Places): boolean {
  if (!bench.box) return false;
  if (act === "primary") bench.makePrimary();
  else if (act === "remove") bench.removeBox();
  else if (act === "kind") places.kind();
  else if (act === "judge" && bench.box.verdict === "kept") places.ask();
  else if (act === "judge") bench.judge("kept", null);
  else return false;
  return true;
}

const ARROWS = {
  ArrowLeft: (bench: Acts) => bench.walkPhotos(-1),
  ArrowRight: (bench: Acts) => bench.walkPhotos(1),
  ArrowUp: (bench: Acts) => bench.walkFacets(-1),
  ArrowDown: (bench: Acts) => bench.walkFacets(1),
} as const;

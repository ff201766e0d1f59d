import { Ban, Check, Crop, Star, Trash2 } from "lucide-react";
import type { KeyboardEvent, ReactNode, Ref } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { kindName, knownKinds } from "@/components/kindWords";
import { percent } from "@/texts/format";

import { Key } from "../shared/Key";
import type { Keys } from "../shared/keys";
import styles from "./BoxTools.module.css";
import { WHOLE, type DraftBox } from "./draft";
import type { Bench } from "./useBench";
import { useBoxName } from "./words";

interface Props {
  bench: Bench;
  keys: Keys<"desk">;
  kindSelect: Ref<HTMLSelectElement>;
  /** Asks why the chosen box is rejected. */
  onReject: () => void;
}

/** The boxes of the photo in words, and what can be done with the chosen one. */
export function BoxTools({ bench, keys, kindSelect, onReject }: Props) {
  const { t } = useTranslation();
  const { box, boxes, view, draft } = bench;
  return (
    <div className={styles.tools}>
      <div className={styles.boxes} role="group" aria-label={t("review.desk.boxes")}>
        {boxes.map((one) => (
          <BoxChip
            key={one.key}
            box={one}
            primary={draft.primary}
            isChosen={one.key === view.boxKey}
            onChoose={() => bench.chooseBox(one.key === view.boxKey ? null : one.key)}
          />
        ))}
        <Tool
          icon={<Crop size={15} aria-hidden />}
          keyName={keys.draw}
          isOn={view.isDrawing}
          onClick={(byKey) => bench.draw(byKey, view.isDrawing)}
        >
          {t("review.desk.draw")}
        </Tool>
      </div>
      {view.isDrawing && (
        <p className={styles.hint} role="status">
          {t("search.drawNow")}
        </p>
      )}
      {box && <Chosen {...{ bench, box, keys, kindSelect, onReject }} />}
    </div>
  );
}

interface ChipProps {
  box: DraftBox;
  primary: string | null;
  isChosen: boolean;
  onChoose: () => void;
}

function BoxChip({ box, primary, isChosen, onChoose }: ChipProps) {
  const { t } = useTranslation();
  const nameOf = useBoxName(primary);
  const isPrimary = box.key === primary;
  return (
    <button
      type="button"
      className={styles.chip}
      data-verdict={box.verdict}
      aria-pressed={isChosen}
      title={nameOf(box)}
      onClick={onChoose}
    >
      {isPrimary && <Star size={13} aria-hidden fill="currentColor" />}
      {box.verdict === "rejected" && <Ban size={13} aria-hidden />}
      <span className={styles.kind}>{kindName(t, box.kind)}</span>
      <span className="hidden-text"> ({nameOf(box)})</span>
      {box.score !== null && box.kind !== WHOLE && (
        <span className={styles.score}>{percent(box.score)}</span>
      )}
    </button>
  );
}

function Chosen({ bench, box, keys, kindSelect, onReject }: Props & { box: DraftBox }) {
  const { t } = useTranslation();
  const isKept = box.verdict === "kept";
  return (
    <div className={styles.chosen} role="group" aria-label={t("review.desk.chosenBox")}>
      {box.kind !== WHOLE && (
        <label className={styles.of}>
          {t("review.desk.kind")} <Key name={keys.kind} />
          <select
            ref={kindSelect}
            className={styles.select}
            value={box.kind}
            onChange={(event) => bench.setKind(event.target.value)}
            onKeyDown={leave}
          >
            {kindsFor(knownKinds(t), box.kind).map((kind) => (
              <option key={kind} value={kind}>
                {kindName(t, kind)}
              </option>
            ))}
          </select>
        </label>
      )}
      <Tool
        icon={<Star size={15} aria-hidden />}
        keyName={keys.primary}
        disabled={box.key === bench.draft.primary}
        onClick={() => bench.makePrimary()}
      >
        {t("review.desk.makePrimary")}
      </Tool>
      <Tool
        icon={isKept ? <Ban size={15} aria-hidden /> : <Check size={15} aria-hidden />}
        keyName={keys.judge}
        onClick={() => (isKept ? onReject() : bench.judge("kept", null))}
      >
        {isKept ? t("review.desk.rejectBox") : t("review.desk.keepBox")}
      </Tool>
      {box.kind !== WHOLE && (
        <Tool
          icon={<Trash2 size={15} aria-hidden />}
          keyName={keys.remove}
          onClick={() => bench.removeBox()}
        >
          {t("common.delete")}
        </Tool>
      )}
    </div>
  );
}

/** Enter and Escape go on with the desk's keys. */
function leave(event: KeyboardEvent<HTMLSelectElement>): void {
  if (event.key !== "Enter" && event.key !== "Escape") return;
  event.preventDefault(); // Enter would open the list
  event.currentTarget.blur();
}

interface ToolProps {
  icon: ReactNode;
  keyName: string;
  isOn?: boolean;
  disabled?: boolean;
  /** Told whether it was pressed by keyboard. */
  onClick: (byKey: boolean) => void;
  children: ReactNode;
}

function Tool({ icon, keyName, isOn, disabled = false, onClick, children }: ToolProps) {
  return (
    <Button
      size="small"
      className={styles.tool}
      icon={icon}
      disabled={disabled}
      {...(isOn !== undefined && { "aria-pressed": isOn })}
      onClick={(event) => onClick(event.detail === 0)}
    >
      {children}
      <Key name={keyName} />
    </Button>
  );
}

/** What a box can be said to hold: a thing, and whatever is said of it now. */
function kindsFor(known: readonly string[], kind: string): readonly string[] {
  const things = known.filter((each) => each !== WHOLE);
  return things.includes(kind) ? things : [kind, ...things];
}

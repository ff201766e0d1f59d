import { useEffect, useRef, type KeyboardEvent } from "react";

import { placed, type Edges } from "@/components/BoxedPhoto";

import styles from "./BoxEditor.module.css";
import { CORNERS, type Size } from "../shared/boxes";

interface Props {
  /** Its number, unless it is a box of one's own. */
  item?: number;
  label: string;
  /** The id of the text that tells what keys do. */
  hint: string;
  box: Edges;
  size: Size;
  layer: number;
  chosen: boolean;
  /** Stands back behind another box. */
  quiet: boolean;
  /** Take the focus: keys go on with this box. */
  focus?: boolean;
  onChoose?: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
}

/** One box on a photo; the chosen one has corners to be pulled. */
export function EditedBox(props: Props) {
  const { item, label, hint, box, size, layer, chosen, quiet, focus, onChoose, onKeyDown } = props;
  const own = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focus) own.current?.focus({ preventScroll: true });
  }, [focus]);
  const place = centred(box, size);
  return (
    <>
      <button
        ref={own}
        type="button"
        className={styles.box}
        style={{ ...place, zIndex: layer }}
        aria-label={label}
        aria-pressed={chosen}
        aria-describedby={hint}
        data-item={item}
        data-quiet={quiet && !chosen}
        onClick={() => {
          if (!chosen) onChoose?.();
        }}
        onKeyDown={onKeyDown}
      />
      {chosen && (
        <div className={styles.corners} style={place} aria-hidden>
          {CORNERS.map((corner) => (
            <span key={corner} className={styles.corner} data-corner={corner} />
          ))}
        </div>
      )}
    </>
  );
}

/** A box by its middle: one too small to be hit grows around that. */
function centred(box: Edges, size: Size) {
  const { width, height } = placed(box, size);
  const { left, top } = placed([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 0, 0], size);
  return { left, top, width, height };
}

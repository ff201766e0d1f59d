import { useEffect, useRef, type KeyboardEvent, type ReactNode } from "react";

import { placed, type Edges } from "./BoxedPhoto";

import styles from "./Boxes.module.css";
import { CORNERS, type Size } from "./boxes";

interface Props {
  /** What drags know it by: see `useBoxDrag`. */
  name: string;
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
  /** A class for those that are told apart from others. */
  className?: string | undefined;
  onChoose?: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  /** What is written on it. */
  children?: ReactNode;
}

/** One box on a photo; the chosen one has corners to be pulled. */
export function EditedBox(props: Props) {
  const { name, label, hint, box, size, layer, chosen, quiet, focus, onChoose } = props;
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
        className={[styles.box, props.className].filter(Boolean).join(" ")}
        style={{ ...place, zIndex: layer }}
        aria-label={label}
        aria-pressed={chosen}
        aria-describedby={hint}
        data-box={name}
        data-quiet={quiet && !chosen}
        onClick={() => {
          if (!chosen) onChoose?.();
        }}
        onKeyDown={props.onKeyDown}
      >
        {props.children}
      </button>
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

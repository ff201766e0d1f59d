import {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
} from "react";

import { placed, type Edges } from "@/components/BoxedPhoto";

import styles from "./BoxEditor.module.css";
import {
  CORNERS,
  keyed,
  moved,
  resized,
  rounded,
  type Corner,
  type Point,
  type Size,
} from "./boxes";

interface Props {
  label: string;
  /** The id of the text that tells what keys do. */
  hint: string;
  box: Edges;
  size: Size;
  layer: number;
  chosen: boolean;
  quiet: boolean;
  /** Take the focus: keys go on with this box. */
  focus?: boolean;
  onChoose?: () => void;
  onBox: (box: Edges) => void;
  ground: RefObject<HTMLDivElement | null>;
}

interface Drag {
  from: Point;
  corner: Corner | null;
  box: Edges;
}

/** Where a box was put, shown until the address says so too. */
interface Put {
  /** The box as it was before. */
  base: Edges;
  box: Edges;
  /** More keys may follow. */
  isTyped: boolean;
}

/** How long after the last arrow key a box counts as put. */
const SETTLED = 450;

/** One box on a photo, to be chosen, moved and resized by pointer or keys. */
export function EditedBox(props: Props) {
  const { label, hint, box, size, layer, chosen, quiet, focus, onChoose, onBox, ground } = props;
  const own = useRef<HTMLButtonElement>(null);
  const wasDragged = useRef(false);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [put, setPut] = useState<Put | null>(null);
  const held = chosen && put?.base === box ? put : null;
  const shown = drag?.box ?? held?.box ?? box;

  useEffect(() => {
    if (focus) own.current?.focus({ preventScroll: true });
  }, [focus]);

  useEffect(() => {
    if (!held?.isTyped) return;
    const timer = setTimeout(() => {
      setPut({ ...held, isTyped: false });
      onBox(rounded(held.box));
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [held, onBox]);

  const begin = (event: PointerEvent, corner: Corner | null) => {
    wasDragged.current = false;
    if (!event.isPrimary || event.button !== 0) return;
    if (!chosen && event.pointerType !== "mouse") return; // a finger may want to scroll
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: pointOf(event, ground, size), corner, box: shown });
  };
  const follow = (event: PointerEvent) => {
    if (!drag) return;
    event.stopPropagation();
    const now = pointOf(event, ground, size);
    const by = { x: now.x - drag.from.x, y: now.y - drag.from.y };
    const start = held?.box ?? box;
    const next = drag.corner ? resized(start, drag.corner, by, size) : moved(start, by, size);
    setDrag({ ...drag, box: next });
  };
  const end = (event: PointerEvent) => {
    if (!drag) return;
    event.stopPropagation();
    setDrag(null);
    if (drag.box.every((edge, place) => Math.abs(edge - (box[place] ?? 0)) < 1)) return;
    wasDragged.current = true;
    setPut({ base: box, box: drag.box, isTyped: false });
    onBox(rounded(drag.box));
  };
  const press = (event: KeyboardEvent) => {
    const next = chosen ? keyed(shown, event.key, event.shiftKey, size) : null;
    if (!next) return;
    event.preventDefault();
    setPut({ base: box, box: next, isTyped: true });
  };
  const click = () => {
    if (!chosen && !wasDragged.current) {
      setPut(null);
      onChoose?.();
    }
    wasDragged.current = false;
  };
  return (
    <button
      ref={own}
      type="button"
      className={styles.box}
      style={{ ...centred(shown, size), zIndex: layer }}
      aria-label={label}
      aria-pressed={chosen}
      aria-describedby={hint}
      data-quiet={quiet && !chosen}
      onClick={click}
      onKeyDown={press}
      onPointerDown={(event) => begin(event, null)}
      onPointerMove={follow}
      onPointerUp={end}
      onPointerCancel={() => setDrag(null)}
    >
      {chosen &&
        CORNERS.map((corner) => (
          <span
            key={corner}
            className={styles.corner}
            data-corner={corner}
            aria-hidden
            onPointerDown={(event) => begin(event, corner)}
            onPointerMove={follow}
            onPointerUp={end}
            onPointerCancel={() => setDrag(null)}
          />
        ))}
    </button>
  );
}

/** A box by its middle: one too small to be hit grows around that. */
function centred(box: Edges, size: Size) {
  const { width, height } = placed(box, size);
  const { left, top } = placed([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 0, 0], size);
  return { left, top, width, height };
}

/** Where on the photo, in its pixels, a pointer is. */
export function pointOf(
  event: PointerEvent,
  ground: RefObject<HTMLDivElement | null>,
  size: Size,
): Point {
  const place = ground.current?.getBoundingClientRect();
  if (!place || place.width === 0 || place.height === 0) return { x: 0, y: 0 };
  return {
    x: ((event.clientX - place.left) / place.width) * size.width,
    y: ((event.clientY - place.top) / place.height) * size.height,
  };
}

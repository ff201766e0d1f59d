import { useEffect, useState, type KeyboardEvent, type RefObject } from "react";

import type { Edges } from "./BoxedPhoto";

import { keyed, rounded, type Size } from "./boxes";
import { useBoxDrag, type KeyedBox } from "./boxDrag";

/** Where the chosen box was put, shown until its owner says so too. */
interface Put {
  /** The box as it was before. */
  base: Edges;
  box: Edges;
  /** More keys may follow. */
  isTyped: boolean;
}

interface Ground {
  element: RefObject<HTMLElement | null>;
  size: Size;
  chosen: KeyedBox | undefined;
  boxOf: (key: string) => Edges | undefined;
  /** Whether the next drag draws a box, wherever it starts. */
  drawing: boolean;
  /** Milliseconds after the last arrow key until a box counts as put; 0 for at once. */
  settled: number;
  onBox: (box: Edges, key?: string) => void;
}

/**
 * The chosen box as it is dragged or moved by keys; `onBox` is told, in whole pixels, where it or
 * another was put, or that one without a key was drawn.
 */
export function useEditedBox(ground: Ground) {
  const { element, size, chosen, boxOf, drawing, settled, onBox } = ground;
  const [put, setPut] = useState<Put | null>(null);
  const base = chosen?.box;
  if (put && put.base !== base) setPut(null);
  const current = put?.box ?? base;
  const drag = useBoxDrag({
    element,
    size,
    chosen: chosen && current && { key: chosen.key, box: current },
    drawing,
    boxOf,
    onBox: (box, key) => {
      if (base && drag.isChosen) setPut({ base, box, isTyped: false });
      onBox(rounded(box), key);
    },
  });
  const key = chosen?.key;
  useEffect(() => {
    if (!put?.isTyped) return;
    const timer = setTimeout(() => {
      setPut({ ...put, isTyped: false });
      onBox(rounded(put.box), key);
    }, settled);
    return () => clearTimeout(timer);
  }, [put, onBox, key, settled]);
  const press = (event: KeyboardEvent) => {
    const next = current && keyed(current, event.key, event.shiftKey, size);
    if (!base || !next) return;
    event.preventDefault();
    if (settled === 0) onBox(rounded(next), key);
    else setPut({ base, box: next, isTyped: true });
  };
  return {
    shown: (drag.isChosen ? drag.box : null) ?? current,
    /** Another box on its way: a new one that is being drawn, say. */
    drawn: drag.isChosen ? null : drag.box,
    handlers: drag.handlers,
    press,
  };
}

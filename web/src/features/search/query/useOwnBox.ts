import { useEffect, useState, type KeyboardEvent, type RefObject } from "react";

import type { Edges } from "@/components/BoxedPhoto";

import { keyed, rounded, type Size } from "../shared/boxes";
import type { Item } from "../shared/queries";
import { useBoxDrag } from "./drag";

/** Where the chosen box was put, shown until the address says so too. */
interface Put {
  /** The box as it was before. */
  base: Edges;
  box: Edges;
  /** More keys may follow. */
  isTyped: boolean;
}

/** How long after the last arrow key a box counts as put. */
const SETTLED = 450;

interface Ground {
  element: RefObject<HTMLElement | null>;
  size: Size;
  items: readonly Item[];
  /** The box that is searched, as the address says. */
  base: Edges | undefined;
  /** Whether the next drag draws a box, wherever it starts. */
  drawing: boolean;
  onBox: (box: Edges) => void;
}

/** The chosen box as it is dragged or moved by keys; `onBox` is told where it was put. */
export function useOwnBox({ element, size, items, base, drawing, onBox }: Ground) {
  const [put, setPut] = useState<Put | null>(null);
  if (put && put.base !== base) setPut(null);
  const current = put?.box ?? base;
  const drag = useBoxDrag({
    element,
    size,
    chosen: current,
    drawing,
    boxAt: (pressed) =>
      items.find((item) => String(item.item) === pressed.getAttribute("data-item"))?.box,
    onBox: (box) => {
      if (base && drag.isChosen) setPut({ base, box, isTyped: false });
      onBox(rounded(box));
    },
  });
  useEffect(() => {
    if (!put?.isTyped) return;
    const timer = setTimeout(() => {
      setPut({ ...put, isTyped: false });
      onBox(rounded(put.box));
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [put, onBox]);
  const press = (event: KeyboardEvent) => {
    const next = current && keyed(current, event.key, event.shiftKey, size);
    if (!base || !next) return;
    event.preventDefault();
    setPut({ base, box: next, isTyped: true });
  };
  return {
    shown: (drag.isChosen ? drag.box : null) ?? current,
    /** A new box that is being drawn. */
    drawn: drag.isChosen ? null : drag.box,
    handlers: drag.handlers,
    press,
  };
}

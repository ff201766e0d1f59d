import { useState, type PointerEvent, type RefObject } from "react";

import type { Edges } from "./BoxedPhoto";

import {
  contains,
  CORNERS,
  moved,
  resized,
  spanned,
  type Corner,
  type Point,
  type Size,
} from "./boxes";

interface Ground {
  element: RefObject<HTMLElement | null>;
  size: Size;
  /** It is moved wherever it is held, and pulled at its corners. */
  chosen: KeyedBox | undefined;
  /** Whether every drag draws a new box. A mouse may draw any time, beside all boxes. */
  drawing: boolean;
  /** The box of that key, as `data-box` of its element tells it. */
  boxOf: (key: string) => Edges | undefined;
  /** Told what became of the box of `key`, or a new box, which has no key. */
  onBox: (box: Edges, key?: string) => void;
}

export interface KeyedBox {
  key: string;
  box: Edges;
}

type Pull =
  { to: "draw" } | ({ to: "move" } & KeyedBox) | ({ to: "resize"; corner: Corner } & KeyedBox);

interface Drag {
  pull: Pull;
  from: Point;
  screen: Point;
  /** What it has become; null until the pointer has moved far enough to mean it. */
  box: Edges | null;
}

/** So many CSS pixels of moving are still a tap. */
const TAP = 4;

/** Draw, move and resize boxes by pointer. Handlers belong on what all boxes lie on. */
export function useBoxDrag(ground: Ground) {
  const { element, size, chosen, onBox } = ground;
  const [drag, setDrag] = useState<Drag | null>(null);
  const at = (event: PointerEvent) => pointOf(event, element.current, size);
  const stop = () => setDrag(null);
  return {
    /** The box being dragged, and whether it is the chosen one. */
    box: drag?.box ?? null,
    isChosen: drag !== null && drag.pull.to !== "draw" && drag.pull.key === chosen?.key,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        if (!event.isPrimary || event.button !== 0) return;
        const from = at(event);
        const pull = pullOf(event, from, ground);
        if (pull)
          setDrag({ pull, from, screen: { x: event.clientX, y: event.clientY }, box: null });
      },
      onPointerMove: (event: PointerEvent) => {
        if (!drag) return;
        const { screen } = drag;
        const far = Math.hypot(event.clientX - screen.x, event.clientY - screen.y) >= TAP;
        if (drag.box === null && !far) return;
        // Not before it is a drag: a tap must reach the box it is meant for.
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ ...drag, box: pulled(drag, at(event), ground) });
      },
      onPointerUp: () => {
        stop();
        if (!drag?.box) return;
        if (drag.pull.to === "draw") onBox(drag.box);
        else onBox(drag.box, drag.pull.key);
      },
      onPointerCancel: stop,
    },
  };
}

function pullOf(event: PointerEvent, from: Point, ground: Ground): Pull | null {
  const { chosen, drawing, boxOf } = ground;
  const pressed = event.target instanceof Element ? event.target : null;
  const corner = CORNERS.find((one) => one === pressed?.getAttribute("data-corner"));
  if (drawing) return { to: "draw" };
  if (corner && chosen) return { to: "resize", corner, ...chosen };
  if (chosen && contains(chosen.box, from)) return { to: "move", ...chosen };
  if (event.pointerType !== "mouse") return null; // a finger scrolls the page
  const key = pressed?.closest("[data-box]")?.getAttribute("data-box") ?? undefined;
  const box = key === undefined ? undefined : boxOf(key);
  return key === undefined || box === undefined ? { to: "draw" } : { to: "move", key, box };
}

function pulled({ pull, from }: Drag, to: Point, { size }: Ground): Edges | null {
  const by = { x: to.x - from.x, y: to.y - from.y };
  if (pull.to === "draw") return spanned(from, to, size);
  if (pull.to === "move") return moved(pull.box, by, size);
  return resized(pull.box, pull.corner, by, size);
}

/** Where on the photo, in its pixels, a pointer is. */
function pointOf(event: PointerEvent, element: HTMLElement | null, size: Size): Point {
  const place = element?.getBoundingClientRect();
  if (!place || place.width === 0 || place.height === 0) return { x: 0, y: 0 };
  return {
    x: ((event.clientX - place.left) / place.width) * size.width,
    y: ((event.clientY - place.top) / place.height) * size.height,
  };
}

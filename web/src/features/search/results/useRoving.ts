import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent } from "react";

interface Grid {
  count: number;
  columns: number;
  /** The places of which there are cards right now: a long grid has those in sight only. */
  first: number;
  last: number;
  /** Bring the row of a place into being, and into sight. */
  show: (row: number) => void;
}

/**
 * One stop for Tab in a whole grid: arrows go on from there, Home and End to its ends. Spread
 * `handlers` on what holds the cards; each of them says its place, from 1, in `data-place`.
 */
export function useRoving({ count, columns, first, last, show }: Grid) {
  const [at, setAt] = useState(0);
  const wanted = useRef<{ place: number; grid: HTMLElement } | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const { place, grid } = wanted.current;
    const link = grid.querySelector<HTMLElement>(`[data-place="${place + 1}"] a`);
    if (link === null) return; // its row is still to come
    wanted.current = null;
    link.focus();
  });
  const handlers = {
    onFocus: (event: FocusEvent) => {
      const place = placeOf(event.target);
      if (place !== null) setAt(place);
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const from = placeOf(event.target);
      const to = from === null || isWithOthers(event) ? null : nextOf(event.key, from, columns);
      if (to === null) return;
      event.preventDefault();
      const place = Math.min(Math.max(to, 0), count - 1);
      wanted.current = { place, grid: event.currentTarget };
      show(Math.floor(place / columns));
      setAt(place);
    },
  };
  // Where the last one is out of sight, the first in sight takes its part.
  return { stop: at >= first && at <= last ? at : first, handlers };
}

/** Where a key leads from a place; null for one that leads nowhere. */
export function nextOf(key: string, from: number, columns: number): number | null {
  switch (key) {
    case "ArrowRight":
      return from + 1;
    case "ArrowLeft":
      return from - 1;
    case "ArrowDown":
      return from + columns;
    case "ArrowUp":
      return from < columns ? from : from - columns;
    case "Home":
      return 0;
    case "End":
      return Infinity;
    default:
      return null;
  }
}

function isWithOthers({ ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey || shiftKey;
}

function placeOf(target: EventTarget): number | null {
  const card = target instanceof Element ? target.closest("[data-place]") : null;
  const place = Number(card?.getAttribute("data-place") ?? "");
  return place > 0 ? place - 1 : null;
}

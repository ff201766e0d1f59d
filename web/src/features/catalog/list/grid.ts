import { useLayoutEffect, useRef, useState } from "react";

const NARROWEST = 176;
const NARROW_SCREEN = 144;
/** Between two columns, in pixels. */
export const GAP = 16;

/** Columns that fit a width, and how wide they then are. */
export function columnsOf(width: number): { columns: number; side: number } {
  const least = width < 560 ? NARROW_SCREEN : NARROWEST;
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
  return { columns, side: (width - (columns - 1) * GAP) / columns };
}

/** The width of an element and how far it is from the page's top, kept up to date. */
export function useMeasured() {
  const element = useRef<HTMLDivElement>(null);
  const [measured, setMeasured] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const here = element.current;
    if (here === null) return;
    const measure = () => {
      const { width, top } = here.getBoundingClientRect();
      setMeasured((before) => {
        const now = { width, top: Math.round(top + window.scrollY) };
        return now.width === before.width && now.top === before.top ? before : now;
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(here);
    // What stands above may grow and push the list down.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return { element, ...measured };
}

import { useLayoutEffect, useRef, useState } from "react";

/** The width of an element and how far it is from the page's top, in pixels, kept up to date. */
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
    // What stands above may grow and push the element down.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return { element, ...measured };
}

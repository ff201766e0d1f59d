import { useEffect, useRef } from "react";

/** How long, in seconds, what is named by `id` has been looked at; hidden tabs do not count. */
export function useSeconds(id: string | undefined): () => number {
  const clock = useRef({ spent: 0, since: 0 });
  useEffect(() => {
    const run = () => {
      const { current } = clock;
      if (document.visibilityState === "visible") current.since = performance.now();
      else current.spent += performance.now() - current.since;
    };
    clock.current = { spent: 0, since: performance.now() };
    document.addEventListener("visibilitychange", run);
    return () => document.removeEventListener("visibilitychange", run);
  }, [id]);
  return () => {
    const { spent, since } = clock.current;
    return Math.round(100 * ((spent + performance.now() - since) / 1000)) / 100;
  };
}

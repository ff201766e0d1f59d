import { useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";

import { changed, type Change, type SearchParams } from "./shared/params";

type OnChange = (change: Change, replace?: boolean) => void;

interface Next {
  /** What the address said then. */
  after: SearchParams;
  change: Change;
  params: SearchParams;
}

/**
 * What is asked, as the address says it. `expect` a change of it whose hits are there already: they
 * are drawn, and the address follows.
 */
export function useAsked() {
  const said = useSearch({ from: "/shell/" });
  const [next, setNext] = useState<Next | null>(null);
  const isAhead = next?.after === said;
  if (next !== null && !isAhead) setNext(null);
  return {
    params: isAhead ? next.params : said,
    /** The change that the address lacks. */
    ahead: isAhead ? next.change : null,
    expect: (change: Change) => setNext({ after: said, change, params: changed(said, change) }),
  };
}

/** Change the address as expected, once that was painted, or along with what changes before. */
export function useFollowing(ahead: Change | null, onChange: OnChange): OnChange {
  useEffect(() => {
    if (ahead === null) return;
    let timer = 0;
    const frame = requestAnimationFrame(() => {
      timer = window.setTimeout(() => onChange(ahead));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [ahead, onChange]);
  // The same function always, so that what has it need not be drawn anew.
  const expected = useRef(ahead);
  useEffect(() => {
    expected.current = ahead;
  });
  return useCallback(
    (change, replace) => onChange({ ...expected.current, ...change }, replace),
    [onChange],
  );
}

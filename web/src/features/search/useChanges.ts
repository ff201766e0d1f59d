import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";

import { changed, type Change } from "./shared/params";

/** How far below the window's edge results begin after a change: below the bar. */
const BELOW_BAR = 76;

/**
 * Change the address of the search. Whoever refines from far down the list sees the new results
 * from their beginning, once they are there; nobody is moved otherwise.
 */
export function useChanges(isOld: boolean) {
  const navigate = useNavigate({ from: "/" });
  const results = useRef<HTMLElement>(null);
  const isRefined = useRef(false);
  const change = useCallback(
    (what: Change, replace = false) => {
      isRefined.current = true;
      void navigate({
        to: "/",
        search: (now) => changed(now, what),
        replace,
        resetScroll: false,
      });
    },
    [navigate],
  );
  useEffect(() => {
    if (isOld || !isRefined.current) return;
    isRefined.current = false;
    const top = results.current?.getBoundingClientRect().top ?? 0;
    if (top < 0) window.scrollBy({ top: top - BELOW_BAR });
  });
  return { change, results };
}

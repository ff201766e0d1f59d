import { useEffect, useRef } from "react";

import { renew } from "./session";

const SLOWEST = 30_000;

/**
 * Follow server-sent events of `path` while mounted. A lost connection is made anew, more and more
 * slowly; `onState` says whether there is one.
 */
export function useEvents(
  path: string | null,
  names: readonly string[],
  onEvent: (name: string, data: string) => void,
  onState?: (connected: boolean) => void,
): void {
  const told = useRef({ onEvent, onState });
  useEffect(() => {
    told.current = { onEvent, onState };
  });
  const joined = names.join(" ");
  useEffect(() => {
    if (path === null) return;
    let source: EventSource | null = null;
    let timer = 0;
    let wait = 1_000;
    const connect = () => {
      source = new EventSource(path);
      source.onopen = () => {
        wait = 1_000;
        told.current.onState?.(true);
      };
      source.onerror = () => {
        source?.close();
        told.current.onState?.(false);
        // EventSource does not tell a 401 from a server that is away; a renewal mends the first.
        timer = window.setTimeout(() => void renew().then(connect), wait);
        wait = Math.min(SLOWEST, wait * 2);
      };
      for (const name of joined.split(" ")) {
        source.addEventListener(name, (event) =>
          told.current.onEvent(name, String((event as MessageEvent<unknown>).data)),
        );
      }
    };
    connect();
    return () => {
      source?.close();
      window.clearTimeout(timer);
    };
  }, [path, joined]);
}

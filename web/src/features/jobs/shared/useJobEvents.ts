import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useEvents } from "@/api/events";
import type { Job } from "@/api/types";

import { jobsOf } from "./told";
import { tell } from "./queries";

const NAMES = ["snapshot", "job"] as const;
/** Milliseconds in which news is gathered: an import changes many jobs at once. */
const GATHER = 500;

/** Show what the server tells of jobs at `path`; null to follow nothing. */
export function useJobEvents(
  path: string | null,
  queryClient: QueryClient,
  onState: (connected: boolean) => void,
): void {
  const gathered = useRef(new Map<string, Job>());
  const timer = useRef(0);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = 0;
    },
    [],
  );
  const flush = () => {
    timer.current = 0;
    tell(queryClient, [...gathered.current.values()]);
    gathered.current.clear();
  };
  useEvents(
    path,
    NAMES,
    (_, data) => {
      for (const job of jobsOf(data)) gathered.current.set(job.id, job);
      timer.current ||= window.setTimeout(flush, GATHER);
    },
    onState,
  );
}

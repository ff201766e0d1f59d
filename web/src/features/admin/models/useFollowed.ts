import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useEvents } from "@/api/events";
import { hasEnded, isJob } from "@/api/jobs";
import type { Job } from "@/api/types";

import { ALL } from "./queries";

/** A job as the server's events tell it; when it ends, `onEnd` is told, and all is asked for anew. */
export function useFollowed(job: Job | null, onEnd?: (job: Job) => void): Job | null {
  const queryClient = useQueryClient();
  const [told, setTold] = useState<Job | null>(null);
  const open = job !== null && !hasEnded(job);
  useEvents(open ? `/v1/jobs/${job.id}/events` : null, ["job"], (_, data) => {
    const news: unknown = JSON.parse(data);
    if (!isJob(news)) return;
    setTold(news);
    if (!hasEnded(news)) return;
    onEnd?.(news);
    void queryClient.invalidateQueries({ queryKey: ALL });
  });
  // One that was ended and is tried again is what the answer says, until an event says more.
  return open && told?.id === job.id && !hasEnded(told) ? told : job;
}

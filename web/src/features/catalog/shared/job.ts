import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { api, held } from "@/api/client";
import { useEvents } from "@/api/events";
import { hasEnded, isJob } from "@/api/jobs";
import type { Job } from "@/api/types";

/** A job as it is now, followed until it ends; `onEnd` is called once when it has. */
export function useJob(id: string | null, onEnd?: (job: Job) => void): Job | null {
  const queryClient = useQueryClient();
  const { data } = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null });
  const job = id === null ? null : (data ?? null);
  useEvents(id !== null && !hasEnded(job) ? `/v1/jobs/${id}/events` : null, ["job"], (_, text) => {
    const told: unknown = JSON.parse(text);
    if (id !== null && isJob(told)) queryClient.setQueryData(jobQuery(id).queryKey, told);
  });
  const ended = useRef<string | null>(null);
  useEffect(() => {
    if (job === null || !hasEnded(job) || ended.current === job.id) return;
    ended.current = job.id;
    onEnd?.(job);
  }, [job, onEnd]);
  return job;
}

function jobQuery(id: string) {
  return queryOptions({
    queryKey: ["job", id],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
  });
}

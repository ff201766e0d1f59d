import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";

import { api, held } from "@/api/client";
import { hasEnded } from "@/api/jobs";
import type { Job } from "@/api/types";

import { merged, type Listed } from "./live";
import { jobsParams, type JobsParams } from "./params";

const EVERY = 4_000;

/** Jobs, newest first. While nobody tells us of changes, we ask. */
export function jobsQuery(params: JobsParams, live: boolean) {
  return infiniteQueryOptions({
    queryKey: ["jobs", "list", params],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...params, limit: 50, ...(pageParam && { cursor: pageParam }) };
      return held(await api.GET("/v1/jobs", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: live ? false : EVERY,
  });
}

export function jobQuery(id: string, live: boolean) {
  return queryOptions({
    queryKey: ["jobs", "one", id],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
    refetchInterval: ({ state }) =>
      live || (state.data && hasEnded(state.data)) ? false : EVERY / 2,
  });
}

/** What a job made. */
export function resultQuery(job: Job) {
  const tells = ["index", "purge", "reconcile"].includes(job.kind);
  return queryOptions({
    queryKey: ["jobs", "result", job.id, job.finished_at],
    queryFn: async ({ signal }) => {
      const path = { job_id: job.id };
      return held(await api.GET("/v1/jobs/{job_id}/result", { params: { path }, signal }));
    },
    enabled: tells && job.status === "succeeded",
    staleTime: Infinity,
  });
}

/** Put what became of jobs into every list and page that shows them. */
export function tell(queryClient: QueryClient, news: readonly Job[]): void {
  for (const job of news) queryClient.setQueryData(["jobs", "one", job.id], job);
  for (const [key, list] of queryClient.getQueriesData<Listed>({ queryKey: ["jobs", "list"] })) {
    if (list) queryClient.setQueryData(key, merged(list, news, paramsOf(key[2])));
  }
}

function paramsOf(part: unknown): JobsParams {
  return typeof part === "object" && part !== null ? jobsParams({ ...part }) : {};
}

/** Retry all jobs that failed, of one kind or of any; tells how many. */
export function useRetryAll() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (kind: JobsParams["kind"]) => {
      const query = kind ? { kind } : {};
      return held(await api.POST("/v1/jobs/retry-failed", { params: { query } })).retried;
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** Cancel or retry a job. */
export function useSteer(what: "cancel" | "retry") {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => {
      const path = { job_id: id };
      return what === "cancel"
        ? held(await api.POST("/v1/jobs/{job_id}/cancel", { params: { path } }))
        : held(await api.POST("/v1/jobs/{job_id}/retry", { params: { path } }));
    },
    onSuccess: (job) => tell(queryClient, [job]),
    onError: () => queryClient.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

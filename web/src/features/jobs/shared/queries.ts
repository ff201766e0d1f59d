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

import type { JobsParams } from "./params";

const EVERY = 4_000;

/** Jobs with what belongs to them. While nobody tells us of changes, we ask. */
export function groupsQuery({ state, kind, housekeeping }: JobsParams, live: boolean) {
  const wanted = {
    ...(state && { state }),
    ...(kind && { kind }),
    ...(housekeeping && { housekeeping }),
  };
  return infiniteQueryOptions({
    queryKey: ["jobs", "groups", wanted],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...wanted, limit: 50, ...(pageParam && { cursor: pageParam }) };
      return held(await api.GET("/v1/jobs/groups", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: live ? false : EVERY,
  });
}

/** What one job is about, and what belongs to it. */
export function groupQuery(id: string) {
  return queryOptions({
    queryKey: ["jobs", "group", id],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/jobs/{job_id}/group", { params: { path: { job_id: id } }, signal })),
  });
}

/** What belongs to a job, what failed first. */
export function membersQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["jobs", "members", id],
    queryFn: async ({ pageParam, signal }) => {
      const params = {
        path: { job_id: id },
        query: { limit: 20, ...(pageParam && { cursor: pageParam }) },
      };
      return held(await api.GET("/v1/jobs/{job_id}/members", { params, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
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

/** Show what became of jobs; lists and batches, which many of them may be part of, are asked anew. */
export function tell(queryClient: QueryClient, news: readonly Job[]): void {
  for (const job of news) queryClient.setQueryData(["jobs", "one", job.id], job);
  if (news.length === 0) return;
  const together: readonly unknown[] = ["groups", "group", "members"];
  void queryClient.invalidateQueries(
    { predicate: ({ queryKey: [what, part] }) => what === "jobs" && together.includes(part) },
    { cancelRefetch: false },
  );
}

/** Retry all jobs that failed, of a kind, of a batch, or any; tells how many. */
export function useRetryAll() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (query: { kind?: Job["kind"]; batch_id?: string }) =>
      held(await api.POST("/v1/jobs/retry-failed", { params: { query } })).retried,
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

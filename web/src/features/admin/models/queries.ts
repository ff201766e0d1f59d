import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import { hasEnded } from "@/api/jobs";

/** All of this screen: what is done in one part of it shows in the others. */
export const ALL = ["models"] as const;

/** How often that is asked for which no event tells: a run's log, how many products are there. */
const EVERY = 4_000;

export const modelsQuery = queryOptions({
  queryKey: [...ALL, "versions"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/models", { signal })).models,
});

export const collectionsQuery = queryOptions({
  queryKey: [...ALL, "collections"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/collections", { signal })).collections,
  refetchInterval: ({ state }) => (state.data?.some(({ job }) => job !== null) ? EVERY : false),
});

export const snapshotsQuery = queryOptions({
  queryKey: [...ALL, "snapshots"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/snapshots", { signal })).snapshots,
});

export const runsQuery = infiniteQueryOptions({
  queryKey: [...ALL, "runs"],
  queryFn: async ({ pageParam, signal }) => {
    const query = { limit: 20, ...(pageParam && { cursor: pageParam }) };
    return held(await api.GET("/v1/training/runs", { params: { query }, signal }));
  },
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
  refetchInterval: ({ state }) =>
    state.data?.pages.some((page) => page.runs.some(({ job }) => job && !hasEnded(job)))
      ? EVERY
      : false,
});

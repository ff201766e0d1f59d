import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

/** The groups of alike items, by facet and value, the largest first. */
export const alikeQuery = queryOptions({
  queryKey: ["review", "alike"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/review/alike", { signal })).groups,
});

import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

/** The groups of alike items in a facet, the largest first. */
export function alikeQuery(facet: string) {
  return queryOptions({
    queryKey: ["review", "alike", facet],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/review/alike", { params: { query: { facet } }, signal })).groups,
  });
}

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

/** Every source with its newest pull; looked at again and again, for pulls take a while. */
export const sourcesQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/sources", { signal })).sources,
  refetchInterval: 3_000,
});

export function pullsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["sources", id, "pulls"],
    queryFn: async ({ pageParam, signal }) => {
      const path = { source_id: id };
      const query = { limit: 20, ...(pageParam && { cursor: pageParam }) };
      return held(
        await api.GET("/v1/sources/{source_id}/pulls", { params: { path, query }, signal }),
      );
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
}

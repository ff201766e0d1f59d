import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

/** How many items wait, and how many were answered today. */
export const progressQuery = queryOptions({
  queryKey: ["review", "progress"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/review/progress", { signal })),
  refetchInterval: 60_000,
});

import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

/** How often models are right, how well people agree, and how fast it goes. */
export function qualityQuery(days: number) {
  return queryOptions({
    queryKey: ["review", "quality", days],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/review/quality", { params: { query: { days } }, signal })),
  });
}

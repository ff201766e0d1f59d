import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

export function analyticsQuery(days: number) {
  return queryOptions({
    queryKey: ["analytics", days],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/analytics", { params: { query: { days } }, signal })),
    placeholderData: keepPreviousData,
  });
}

import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

/** How each part is, looked at every ten seconds. */
export const systemQuery = queryOptions({
  queryKey: ["system"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/system", { signal })),
  refetchInterval: 10_000,
});

/** Whether a purge waits for somebody. */
export const retentionQuery = queryOptions({
  queryKey: ["retention"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/retention", { signal })),
  refetchInterval: 10_000,
});

import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

export const keysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/api-keys", { signal })).api_keys,
});

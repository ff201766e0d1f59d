import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

export const shopKeysQuery = queryOptions({
  queryKey: ["publishable-keys"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/publishable-keys", { signal })).keys,
});

import { queryOptions } from "@tanstack/react-query";

import { api, held, type Schema } from "@/api/client";

export type ApiKey = Schema<"ApiKeyTold">;
export type Scope = Schema<"ApiKeyAsk">["scopes"][number];

export const keysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/api-keys", { signal })).api_keys,
});

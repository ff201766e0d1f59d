import { queryOptions } from "@tanstack/react-query";

import { api, held } from "./client";

/** What the shop chose for all that it sells. */
export const preferencesQuery = queryOptions({
  queryKey: ["preferences"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/preferences", { signal })),
});

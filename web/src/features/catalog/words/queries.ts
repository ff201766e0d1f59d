import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import type { Mapping } from "@/api/types";

/** What the values that products state mean. */
export const mappingsQuery = queryOptions({
  queryKey: ["mappings"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/calibration/mappings", { signal })),
});

/** Have a value mean a word: empty for none, null as proposed. */
export async function decide(facet: string, value: string, word: string | null): Promise<Mapping> {
  const params = { path: { facet } };
  return held(await api.PUT("/v1/calibration/mappings/{facet}", { params, body: { value, word } }));
}

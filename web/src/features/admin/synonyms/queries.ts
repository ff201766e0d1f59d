import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import type { NewSynonym, Synonym } from "@/api/types";

export const synonymsQuery = queryOptions({
  queryKey: ["synonyms"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/synonyms", { signal })).synonyms,
});

/** Have words read as others; what they were read as before is forgotten. */
export async function state(body: NewSynonym): Promise<Synonym> {
  return held(await api.PUT("/v1/synonyms", { body }));
}

export async function remove(id: string): Promise<void> {
  await api.DELETE("/v1/synonyms/{synonym_id}", { params: { path: { synonym_id: id } } });
}

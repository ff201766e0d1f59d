import { queryOptions, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import type { Fields } from "@/api/types";

/** A product; with `deleted` (for editors) a deleted one too. */
export function productQuery(id: string, deleted: boolean) {
  return queryOptions({
    queryKey: ["product", id, "itself", { deleted }],
    queryFn: async ({ signal }) =>
      held(
        await api.GET("/v1/products/{product_id}", {
          params: { path: { product_id: id }, query: deleted ? { deleted } : {} },
          signal,
        }),
      ),
  });
}

/** The words that products use for what one can filter by, the most frequent first. */
export function valuesQuery({ fields }: Fields) {
  const names = fields
    .filter(({ facet, kind }) => facet && kind === "text")
    .map(({ name }) => name);
  return queryOptions({
    queryKey: ["products", "values"],
    queryFn: ({ signal }) => valuesOf(names, signal),
    staleTime: 60_000,
  });
}

async function valuesOf(names: string[], signal: AbortSignal): Promise<Map<string, string[]>> {
  // Neither photo nor words: the search browses, and counts.
  const body = { limit: 1, facets: names };
  const answer = held(await api.POST("/v1/search", { body, signal }));
  const facets = "facets" in answer ? answer.facets : {};
  return new Map(
    Object.entries(facets).map(([facet, values]) => [
      facet,
      values.map(({ value }) => String(value)).filter(Boolean),
    ]),
  );
}

/** Forget whatever a change of these products has made wrong, in lists and searches too. */
export async function refresh(queryClient: QueryClient): Promise<void> {
  const apart: readonly unknown[] = ["me", "job", "import", "alive", "fields", "vocabulary"];
  // What is asked about a product depends on whether it still lives, so that is asked first.
  await queryClient.invalidateQueries({
    predicate: ({ queryKey: [what, , part] }) => what === "product" && part === "itself",
  });
  await new Promise((resolve) => setTimeout(resolve));
  await queryClient.invalidateQueries({
    predicate: ({ queryKey }) => !apart.includes(queryKey[0]),
  });
}

export function useRefresh(): () => Promise<void> {
  const queryClient = useQueryClient();
  return () => refresh(queryClient);
}

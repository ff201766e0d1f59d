import {
  infiniteQueryOptions,
  queryOptions,
  useQueryClient,
  type QueryClient,
} from "@tanstack/react-query";

import { api, held } from "@/api/client";
import { Problem } from "@/api/problem";

import { rowErrors } from "../import/csv";
import type { Wanted } from "./params";

// The client forgets that a box has four numbers, so what it says is named here.
export type Crops = Awaited<ReturnType<typeof fetchCrops>>;
export type Crop = Crops["crops"][number];

const PAGE = 100;

/** The products of a list, page after page. */
export function productsQuery({ trash, ...wanted }: Wanted) {
  return infiniteQueryOptions({
    queryKey: ["products", { trash, ...wanted }],
    queryFn: async ({ pageParam, signal }) =>
      held(
        await api.GET("/v1/products", {
          params: {
            query: { ...wanted, ...(trash && { deleted: true }), cursor: pageParam, limit: PAGE },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

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

export function cropsQuery(id: string) {
  return queryOptions({
    queryKey: ["product", id, "crops"],
    queryFn: ({ signal }) => fetchCrops(id, signal),
  });
}

async function fetchCrops(id: string, signal: AbortSignal) {
  const path = { product_id: id };
  return held(await api.GET("/v1/products/{product_id}/crops", { params: { path }, signal }));
}

/** The nearest products; null while this one has no photo that was looked at. */
export function similarQuery(id: string) {
  return queryOptions({
    queryKey: ["product", id, "similar"],
    queryFn: async ({ signal }) => {
      try {
        const path = { product_id: id };
        const query = { limit: 12 };
        return held(
          await api.GET("/v1/products/{product_id}/similar", { params: { path, query }, signal }),
        ).hits;
      } catch (error) {
        if (error instanceof Problem && error.status === 409) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

/** What happened to a product, newest first; to a deleted one too. */
export function historyQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["product", id, "history"],
    queryFn: async ({ pageParam, signal }) =>
      held(
        await api.GET("/v1/products/{product_id}/history", {
          params: { path: { product_id: id }, query: { cursor: pageParam, limit: 20 } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ["job", id],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
  });
}

/** What an import did, or would do. */
export function importQuery(jobId: string) {
  return queryOptions({
    queryKey: ["import", jobId],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/imports/{job_id}", { params: { path: { job_id: jobId } }, signal })),
    staleTime: Infinity,
  });
}

/** Every refused row of an import. */
export function importErrorsQuery(jobId: string) {
  return queryOptions({
    queryKey: ["import", jobId, "errors"],
    queryFn: async ({ signal }) => {
      const path = { job_id: jobId };
      const { data } = await api.GET("/v1/imports/{job_id}/errors", {
        params: { path },
        parseAs: "text",
        signal,
      });
      return rowErrors(typeof data === "string" ? data : "");
    },
    staleTime: Infinity,
  });
}

/** Where an import's errors can be fetched as a file. */
export function errorsUrl(jobId: string): string {
  return `/v1/imports/${jobId}/errors`;
}

/** The words that products use for what one can filter by, the most frequent first. */
export const valuesQuery = queryOptions({
  queryKey: ["products", "values"],
  queryFn: ({ signal }) => valuesOf(["category", "brand", "colour", "gender"], signal),
  staleTime: 60_000,
});

/** The words that can be said of a product, by facet, in order. */
export const vocabularyQuery = queryOptions({
  queryKey: ["vocabulary"],
  queryFn: async ({ signal }) => {
    const { facets } = held(await api.GET("/v1/vocabulary", { signal }));
    return new Map(facets.map(({ name, values }) => [name, values]));
  },
  staleTime: Infinity,
});

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
  const apart: readonly unknown[] = ["me", "job", "import", "health", "vocabulary"];
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

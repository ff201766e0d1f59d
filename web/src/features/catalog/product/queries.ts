import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import { Problem } from "@/api/problem";

// The client forgets that a box has four numbers, so what it says is named here.
export type Crops = Awaited<ReturnType<typeof fetchCrops>>;
export type Crop = Crops["crops"][number];

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

/**
 * The nearest products, or those nearest by form that are of other colours; null while this one
 * has no photo that was looked at.
 */
export function similarQuery(id: string, otherColours = false) {
  return queryOptions({
    queryKey: ["product", id, "similar", { otherColours }],
    queryFn: async ({ signal }) => {
      try {
        const path = { product_id: id };
        const query = {
          limit: otherColours ? 6 : 12,
          other_colours: otherColours,
          one_per_design: !otherColours,
        };
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

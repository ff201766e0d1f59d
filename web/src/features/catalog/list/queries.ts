import { infiniteQueryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

import type { Wanted } from "./params";

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

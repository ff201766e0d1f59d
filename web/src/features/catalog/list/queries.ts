import { infiniteQueryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import type { Fields } from "@/api/types";

import type { Wanted } from "./params";

const PAGE = 100;

/** The products of a list, page after page. */
export function productsQuery({ trash, q, by, photos }: Wanted, { fields }: Fields) {
  // Somebody may have written the address by hand.
  const known = Object.entries(by ?? {}).filter(([name]) =>
    fields.some((field) => field.listed && field.name === name),
  );
  const bare = photos === false && { photos };
  const wanted = { ...(q && { q }), ...bare, ...Object.fromEntries(known) };
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

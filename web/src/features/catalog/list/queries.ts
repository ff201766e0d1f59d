import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import type { Fields, SavedView, ViewShows } from "@/api/types";

import type { Wanted } from "./params";

const PAGE = 100;

/** What of an address the server is asked: which products, and in which order. */
export function askedOf(wanted: Wanted, { fields }: Fields) {
  const { q, by, photos, failed, unsure, sort, descending } = wanted;
  // Somebody may have written the address by hand.
  const known = Object.entries(by ?? {}).filter(([name]) =>
    fields.some((field) => field.listed && field.name === name),
  );
  return {
    ...(q && { q }),
    ...(photos === false && { photos }),
    ...(failed && { failed }),
    ...(unsure && { unsure }),
    ...(sort && { sort }),
    ...(descending !== undefined && { descending }),
    ...Object.fromEntries(known),
  };
}

/** The products of a list, page after page. */
export function productsQuery({ trash, ...wanted }: Wanted, fields: Fields) {
  const asked = askedOf(wanted, fields);
  return infiniteQueryOptions({
    queryKey: ["products", { trash, ...asked }],
    queryFn: async ({ pageParam, signal }) =>
      held(
        await api.GET("/v1/products", {
          params: {
            query: { ...asked, ...(trash && { deleted: true }), cursor: pageParam, limit: PAGE },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Where a list is as a file. */
export function exportHref(wanted: Wanted, fields: Fields, format: string): string {
  const asked = Object.entries({ ...askedOf(wanted, fields), format });
  const query = new URLSearchParams(asked.map(([name, value]) => [name, String(value)]));
  return `/v1/products/export?${query.toString()}`;
}

/** The views that the reader saved. */
export const viewsQuery = queryOptions({
  queryKey: ["views"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/views", { signal })).views,
  staleTime: 60_000,
});

/** Save a view under a name, in place of `id` if that is given. */
export async function saveView(name: string, shows: ViewShows, id?: string): Promise<SavedView> {
  const body = { name, shows };
  if (id === undefined) return held(await api.POST("/v1/views", { body }));
  return held(await api.PUT("/v1/views/{view_id}", { params: { path: { view_id: id } }, body }));
}

export async function deleteView(id: string): Promise<void> {
  await api.DELETE("/v1/views/{view_id}", { params: { path: { view_id: id } } });
}

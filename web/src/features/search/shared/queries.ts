import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, form, held } from "@/api/client";
import { shrunk } from "@/api/photos";
import type {
  FacetCounts,
  Fields,
  Hit as AnsweredHit,
  Item as AnsweredItem,
  Match,
  PriceRange,
  RecognisedWords,
  SearchRequest,
  Upload,
} from "@/api/types";
import type { Edges } from "@/components/BoxedPhoto";

import { askOf, type SearchParams } from "./params";

/** One thing on a photo. */
export type Item = Boxed<AnsweredItem>;

/** A hit; one that was only browsed to has neither score, level nor reasons. */
export type Hit = Omit<AnsweredHit, "image"> & { image: Boxed<Match> | null };

export interface Group extends Item {
  hits: Hit[];
}

/** A page of hits, or the rows of a look. */
export interface Page {
  total: number | null;
  /** Whether there are more than were counted. */
  capped: boolean;
  /** How many of the best matches were put in the wished order; null for all. */
  sorted?: number | null;
  /** What of the words is more than words. */
  recognised: RecognisedWords[];
  facets: FacetCounts;
  price_range: PriceRange | null;
  next_cursor: string | null;
  hits: Hit[];
  groups: Group[];
}

/** The hits for these params, page after page; the ones before stay in sight meanwhile. */
export function hitsQuery(params: SearchParams, { facets }: Fields) {
  const body = askOf(params, facets);
  return infiniteQueryOptions({
    queryKey: ["search", body],
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      // The schema calls whatever has a default required, which it is not.
      const asked = { ...body, ...(pageParam && { cursor: pageParam }) } as SearchRequest;
      const answer = held(await api.POST("/v1/search", { body: asked, signal }));
      if ("groups" in answer) {
        const groups = answer.groups.map((group) =>
          boxed({ ...group, hits: group.hits.map(hitOf) }),
        );
        return { ...answer, next_cursor: null, hits: [], groups };
      }
      if ("hits" in answer) return { ...answer, hits: answer.hits.map(hitOf), groups: [] };
      throw new Error("A job instead of an answer.");
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Whoever comes back from a product may have changed it.
    refetchOnMount: "always",
  });
}

/** The items on an uploaded photo. The same photo always has the same ones. */
export function itemsQuery(upload: string) {
  return queryOptions({
    queryKey: ["search", "items", upload],
    queryFn: async ({ signal }) => {
      const seen = held(await api.POST("/v1/detect", { body: { upload_id: upload }, signal }));
      return { ...seen, items: seen.items.map(boxed) };
    },
    staleTime: Infinity,
  });
}

/** The product whose like is looked for. */
export function productQuery(id: string) {
  return queryOptions({
    queryKey: ["search", "product", id],
    queryFn: async ({ signal }) =>
      held(
        await api.GET("/v1/products/{product_id}", {
          params: { path: { product_id: id } },
          signal,
        }),
      ),
  });
}

type Boxed<Told> = Omit<Told, "box"> & { box: Edges };

/** The client's types forget that a box has four numbers. */
function boxed<Told extends { box: readonly number[] }>(told: Told): Boxed<Told> {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = told.box;
  return { ...told, box: [x1, y1, x2, y2] };
}

function hitOf<Told extends { image: { box: readonly number[] } | null }>(told: Told) {
  return { ...told, image: told.image && boxed(told.image) };
}

/** Keep a photo to search with. */
export async function upload(photo: File): Promise<Upload> {
  const [sent] = await shrunk([photo]);
  const answer = await api.POST("/v1/uploads", {
    body: { image: "" },
    bodySerializer: () => form({ image: sent }),
  });
  return held(answer);
}

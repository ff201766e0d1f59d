import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, form, held } from "@/api/client";
import { isId } from "@/api/ids";
import { isSmall, shrunk } from "@/api/photos";
import { Problem } from "@/api/problem";
import type {
  FacetCounts,
  Fields,
  Hit as AnsweredHit,
  Item as AnsweredItem,
  Match,
  PriceRange,
  RecognisedWords,
  SearchRequest,
} from "@/api/types";
import type { Size } from "@/components/boxes";
import type { Edges } from "@/components/BoxedPhoto";

import { askOf, changed, toPhoto, type SearchParams } from "./params";

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
      return pageOf(await answerTo(asked, { signal }));
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

/** What the server finds; as JSON, or in the form that is made of it. */
async function answerTo(
  body: SearchRequest,
  how: { signal: AbortSignal } | { bodySerializer: () => FormData },
) {
  return held(await api.POST("/v1/search", { body, ...how }));
}

function pageOf(answer: Awaited<ReturnType<typeof answerTo>>): Page {
  if ("groups" in answer) {
    const groups = answer.groups.map((group) => boxed({ ...group, hits: group.hits.map(hitOf) }));
    return { ...answer, next_cursor: null, hits: [], groups };
  }
  if ("hits" in answer) return { ...answer, hits: answer.hits.map(hitOf), groups: [] };
  throw new Error("A job instead of an answer.");
}

/** A photo that the server keeps to search with, and the first hits for it if it told them. */
export interface Kept {
  upload: string;
  page?: Page;
}

/** Keep a photo, and find by it in the same request what these params ask for beside it. */
export async function searchBy(
  photo: File,
  size: Size | null,
  params: SearchParams,
  fields: Fields,
): Promise<Kept> {
  const [image] = size && isSmall(photo, size) ? [photo] : await shrunk([photo]);
  const { upload_id: _, ...asked } = askOf(changed(params, toPhoto(UNNAMED)), fields.facets);
  try {
    const found = await answerTo(asked, {
      bodySerializer: () => form({ ...texts(asked), keep_photo: "true", image }),
    });
    if (!("query" in found) || !isId(found.query.upload_id)) throw new Error("No id of a photo.");
    return { upload: found.query.upload_id, page: pageOf(found) };
  } catch (error) {
    if (!isOfWhatIsBeside(error)) throw error;
    // The search that follows says so in its own place.
    const answer = await api.POST("/v1/uploads", {
      body: { image: "" },
      bodySerializer: () => form({ image }),
    });
    return { upload: held(answer).upload_id };
  }
}

/** In place of the id of a photo that has none yet. */
const UNNAMED = "00000000-0000-0000-0000-000000000000";

/** Whether a search is refused for something else than its photo. */
function isOfWhatIsBeside(error: unknown): boolean {
  return error instanceof Problem && error.status < 500 && !("image" in error.fields);
}

/** Options of a search as a form has them: what is no text is written as JSON. */
function texts(options: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

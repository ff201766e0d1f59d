import { isId } from "@/api/ids";
import type { Facet } from "@/api/types";
import type { Edges } from "@/components/BoxedPhoto";

import { readBox } from "@/components/boxes";
import { asked, readFilters, type Filters } from "./filters";

export const SORTS = ["relevance", "newest", "price", "-price"] as const;
export type Sort = (typeof SORTS)[number];

export const LEVELS = ["exact", "close", "similar"] as const;
export type Level = (typeof LEVELS)[number];

/** What the address of a search says. With neither words, photo nor product one browses. */
export interface SearchParams {
  /** Words to look for; beside a photo or a product: what should be otherwise. */
  q?: string;
  /** Parts of the words that are nothing but words, though they could be more. */
  plain?: readonly string[];
  /** Words to keep away from. */
  not?: string;
  /** The photo, as it was uploaded. */
  upload?: string;
  /** The number of the item on the photo; without it and `box` the main item is meant, if there is one. */
  item?: number;
  box?: Edges;
  /** Every item of the photo at once, in rows. */
  look?: true;
  /** Look for what is like this product. */
  product?: string;
  filters?: Filters;
  sort?: Sort;
  /** The least a hit must reach. */
  level?: Level;
  /** Form or colour: from -1, form alone, to 1, colour alone; without it as the encoder weighs. */
  emphasis?: number;
  /** As if rules that are not live yet were. */
  preview?: true;
}

/** Params to be changed; undefined takes one away. */
export type Change = { [Name in keyof SearchParams]?: SearchParams[Name] | undefined };

/** The change to another photo, all of it: what was chosen on the one before is not on this one. */
export function toPhoto(upload: string): Change {
  return { upload, item: undefined, box: undefined, look: undefined, product: undefined };
}

/** Hits per page of a list, and per row of a look. */
export const PAGE = 48;
const ROW = 16;

/** The params that an address tells; what is not understood or cannot go together is left out. */
export function searchParams(given: Record<string, unknown>): SearchParams {
  const upload = readId(given.upload);
  const product = upload === undefined ? readId(given.product) : undefined;
  const look = upload !== undefined && given.look === true ? true : undefined;
  const onPhoto = upload !== undefined && look === undefined;
  const box = onPhoto ? readBox(given.box) : undefined;
  const item = onPhoto && box === undefined ? readItem(given.item) : undefined;
  const q = readText(given.q);
  const asking = q !== undefined || upload !== undefined || product !== undefined;
  const sort = look === undefined ? oneOf(SORTS, given.sort) : undefined;
  const made: Change = {
    q,
    plain: q === undefined ? undefined : readTexts(given.plain),
    not: asking ? readText(given.not) : undefined,
    upload,
    item,
    box,
    look,
    product,
    filters: readFilters(given.filters),
    sort: sort === "relevance" ? undefined : sort,
    level: asking ? oneOf(LEVELS, given.level) : undefined,
    emphasis: asking ? readEmphasis(given.emphasis) : undefined,
    preview: given.preview === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined));
}

/** The params after a change, tidied: a new photo ends a search by product, and so on. */
export function changed(params: SearchParams, change: Change): SearchParams {
  return searchParams({ ...params, ...change });
}

/** Whether anything is compared; otherwise one browses. */
export function isAsking(params: SearchParams): boolean {
  return Boolean(params.q ?? params.upload ?? params.product);
}

/** The change that takes away what narrows the results, and keeps what is looked for. */
export const WIDENED: Change = { filters: undefined, level: undefined, not: undefined };

export function isNarrowed(params: SearchParams): boolean {
  return Boolean(params.filters ?? params.level ?? params.not);
}

/** The body of POST /v1/search for these params. Only what is wanted is named. */
export function askOf(params: SearchParams, facets: readonly Facet[]) {
  return {
    limit: params.look ? ROW : PAGE,
    facets: counted(facets),
    // Whoever looks through what there is wants to see all of it.
    ...(isAsking(params) && { one_per_design: true }),
    ...(params.q && { text: params.q }),
    ...(params.plain && { plain_words: [...params.plain] }),
    ...(params.not && { not_text: params.not }),
    ...(params.upload && { upload_id: params.upload }),
    ...(params.item && { item: params.item }),
    ...(params.box && { box: [...params.box] as [number, number, number, number] }),
    ...(params.look && { group_by: "item" as const }),
    ...(params.product && { product_id: params.product }),
    ...(params.filters && { filters: asked(params.filters) }),
    ...(params.sort && { sort: params.sort }),
    ...(params.level && { min_level: params.level }),
    ...(params.preview && { preview_rules: true }),
    ...(params.emphasis && { emphasis: params.emphasis }),
  };
}

// What products say themselves, then what models saw or people said beside it.
function counted(facets: readonly Facet[]): string[] {
  const names = facets.filter(({ source }) => source !== "label").map(({ name }) => name);
  const labels = facets.filter(({ source }) => source === "label").map(({ name }) => name);
  return [...names, ...labels.filter((name) => !names.includes(name.replace("labels.", "")))];
}

function readText(given: unknown): string | undefined {
  // A hand-written ?q=42 arrives as a number.
  const text = typeof given === "number" ? String(given) : given;
  return typeof text === "string" && text.trim() ? text.trim().slice(0, 1_000) : undefined;
}

function readTexts(given: unknown): readonly string[] | undefined {
  const texts = (Array.isArray(given) ? given : []).flatMap((one) => readText(one) ?? []);
  return texts.length > 0 ? [...new Set(texts)].slice(0, 50) : undefined;
}

function readId(given: unknown): string | undefined {
  return isId(given) ? given : undefined;
}

function readItem(given: unknown): number | undefined {
  const whole = typeof given === "number" && Number.isInteger(given);
  return whole && given >= 1 && given <= 50 ? given : undefined;
}

function readEmphasis(given: unknown): number | undefined {
  const weighs = typeof given === "number" && given !== 0;
  return weighs && given >= -1 && given <= 1 ? given : undefined;
}

function oneOf<Name extends string>(names: readonly Name[], given: unknown): Name | undefined {
  return names.find((name) => name === given);
}

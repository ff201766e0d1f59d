import type { ViewShows } from "@/api/types";

export type SortName = NonNullable<ViewShows["sort"]>;
export type Column = NonNullable<ViewShows["columns"]>[number];

/** What a list may be in order of, as people are offered it; what the API adds must find its place. */
export const SORTS = all<SortName>({
  created: true,
  changed: true,
  title: true,
  external_id: true,
  brand: true,
  price: true,
  status: true,
  photos: true,
  sureness: true,
});

/** What a table can show beside the title, in its order. */
export const COLUMNS = all<Column>({
  external_id: true,
  category: true,
  colour: true,
  brand: true,
  gender: true,
  price: true,
  status: true,
  photos: true,
  sureness: true,
  changed: true,
  created: true,
});

/** The columns of who has chosen none. */
export const USUAL: readonly Column[] = [
  "external_id",
  "brand",
  "price",
  "status",
  "photos",
  "sureness",
  "changed",
];

/** The orders that go down where nobody says. */
const NEWEST_FIRST: readonly SortName[] = ["created", "changed"];

/** What the address of the catalogue says. What is not said has its usual value. */
export interface CatalogueParams {
  q?: string;
  /** What fields must say, by name. */
  by?: Readonly<Record<string, string>>;
  /** The grid is what one sees without a word. */
  view?: "table";
  /** Only products that show no photo. */
  photos?: false;
  /** Only products that could not be indexed when last tried. */
  failed?: true;
  /** Only products with a label that is likelier wrong than right. */
  unsure?: true;
  /** Without a word the newest come first. */
  sort?: SortName;
  descending?: boolean;
  columns?: readonly Column[];
  /** Deleted products instead. */
  trash?: true;
}

/** The part of the address that says which products are meant. */
export type Wanted = Omit<CatalogueParams, "view" | "columns">;

/** Longest text the server takes for a filter. */
export const LONGEST = 200;

export function catalogueParams(given: Record<string, unknown>): CatalogueParams {
  const said: CatalogueParams = {};
  const q = textOf(given.q);
  const by = textsOf(given.by);
  if (q) said.q = q;
  if (Object.keys(by).length > 0) said.by = by;
  const sort = SORTS.find((each) => each === given.sort);
  const columns = columnsOf(given.columns);
  if (given.photos === false) said.photos = false;
  if (given.failed === true) said.failed = true;
  if (given.unsure === true) said.unsure = true;
  if (sort && sort !== "created") said.sort = sort;
  if (typeof given.descending === "boolean" && given.descending !== isUsuallyDown(sort)) {
    said.descending = given.descending;
  }
  if (columns) said.columns = columns;
  if (given.view === "table") said.view = "table";
  if (given.trash === true) said.trash = true;
  return said;
}

/** The same address with one of its filters set, or without it for an empty value. */
export function withField(params: CatalogueParams, name: string, value: string): CatalogueParams {
  return catalogueParams({ ...params, by: { ...params.by, [name]: value } });
}

/** The same address without its words. */
export function withoutWords({ q: _, ...rest }: CatalogueParams): CatalogueParams {
  return rest;
}

/** Whether anything narrows the list. */
export function isNarrowed({ q, by, photos, failed, unsure }: CatalogueParams): boolean {
  return [q, by, photos, failed, unsure].some((each) => each !== undefined);
}

/** The same address without what narrows the list. */
export function widened(params: CatalogueParams): CatalogueParams {
  const { q: _q, by: _by, photos: _p, failed: _f, unsure: _u, ...rest } = params;
  return rest;
}

/** Whether a list goes down. */
export function isDown({ sort, descending }: CatalogueParams): boolean {
  return descending ?? isUsuallyDown(sort);
}

/** The same address in order of something; of what it is in order of already, the other way round. */
export function sortedBy(params: CatalogueParams, sort: SortName): CatalogueParams {
  const { sort: before = "created", descending: _, ...rest } = params;
  const turned = sort === before && { descending: !isDown(params) };
  return catalogueParams({ ...rest, sort, ...turned });
}

function isUsuallyDown(sort: SortName = "created"): boolean {
  return NEWEST_FIRST.includes(sort);
}

function columnsOf(given: unknown): readonly Column[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const chosen = COLUMNS.filter((each) => given.includes(each));
  return chosen.join() === USUAL.join() ? undefined : chosen;
}

/** Every word of a type, of which none can be forgotten. */
function all<Word extends string>(words: Readonly<Record<Word, true>>): readonly Word[] {
  return Object.keys(words) as Word[];
}

function textsOf(given: unknown): Record<string, string> {
  if (typeof given !== "object" || given === null) return {};
  const texts = Object.entries(given).map(([name, value]) => [name, textOf(value)] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== ""));
}

// The router reads `?q=42` as a number; people mean the text.
function textOf(value: unknown): string {
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return typeof text === "string" ? text.trim().slice(0, LONGEST) : "";
}

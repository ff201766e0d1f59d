/** What the address of the catalogue says. What is not said has its usual value. */
export interface CatalogueParams {
  q?: string;
  /** What fields must say, by name. */
  by?: Readonly<Record<string, string>>;
  /** The grid is what one sees without a word. */
  view?: "table";
  /** Only products that show no photo. */
  photos?: false;
  /** Deleted products instead. */
  trash?: true;
}

/** The part of the address that says which products are meant. */
export type Wanted = Omit<CatalogueParams, "view">;

/** Longest text the server takes for a filter. */
export const LONGEST = 200;

export function catalogueParams(given: Record<string, unknown>): CatalogueParams {
  const said: CatalogueParams = {};
  const q = textOf(given.q);
  const by = textsOf(given.by);
  if (q) said.q = q;
  if (Object.keys(by).length > 0) said.by = by;
  if (given.photos === false) said.photos = false;
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
export function isNarrowed({ q, by, photos }: CatalogueParams): boolean {
  return q !== undefined || by !== undefined || photos !== undefined;
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

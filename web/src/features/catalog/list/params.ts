/** What the address of the catalogue says. What is not said has its usual value. */
export interface CatalogueParams {
  q?: string;
  category?: string;
  brand?: string;
  colour?: string;
  /** The grid is what one sees without a word. */
  view?: "table";
  /** Deleted products instead. */
  trash?: true;
}

/** The part of the address that says which products are meant. */
export type Wanted = Omit<CatalogueParams, "view">;

const TEXTS = ["q", "category", "brand", "colour"] as const;
export type FilterName = Exclude<(typeof TEXTS)[number], "q">;
export const FILTERS: readonly FilterName[] = ["category", "brand", "colour"];

/** Longest text the server takes for a filter. */
export const LONGEST = 200;

export function catalogueParams(given: Record<string, unknown>): CatalogueParams {
  const said: CatalogueParams = {};
  for (const name of TEXTS) {
    const text = textOf(given[name]);
    if (text) said[name] = text;
  }
  if (given.view === "table") said.view = "table";
  if (given.trash === true) said.trash = true;
  return said;
}

/** The same address without one of its filters. */
export function without(params: CatalogueParams, name: FilterName | "q"): CatalogueParams {
  const { [name]: _, ...rest } = params;
  return rest;
}

/** Whether anything narrows the list. */
export function isNarrowed(params: CatalogueParams): boolean {
  return TEXTS.some((name) => params[name] !== undefined);
}

// The router reads `?q=42` as a number; people mean the text.
function textOf(value: unknown): string {
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  return typeof text === "string" ? text.trim().slice(0, LONGEST) : "";
}

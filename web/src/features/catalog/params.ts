/** What the address of the catalogue says. */
export interface CatalogueParams {
  q?: string;
}

export function catalogueParams(given: Record<string, unknown>): CatalogueParams {
  return typeof given.q === "string" ? { q: given.q } : {};
}

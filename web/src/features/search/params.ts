/** What the address of a search says. */
export interface SearchParams {
  q?: string;
}

export function searchParams(given: Record<string, unknown>): SearchParams {
  return typeof given.q === "string" ? { q: given.q } : {};
}

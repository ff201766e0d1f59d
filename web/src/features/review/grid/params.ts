/** What the address of the grid says: whose group is shown. */
export interface GridParams {
  facet?: string;
  /** The largest group without a word. */
  value?: string;
}

/** The facet that is shown without a word. */
export const FIRST = "category";

export function gridParams({ facet, value }: Record<string, unknown>): GridParams {
  if (typeof facet !== "string" || facet === "") return {};
  return { facet, ...(typeof value === "string" && value !== "" && { value }) };
}

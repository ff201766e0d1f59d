/** What the address of the grid says: whose group is shown. */
export interface GridParams {
  facet?: string;
  value?: string;
}

/** What of it we understand; a value without its facet is none. */
export function gridParams(given: Record<string, unknown>): GridParams {
  const { facet, value } = given;
  if (typeof facet !== "string" || facet === "") return {};
  return { facet, ...(typeof value === "string" && value !== "" && { value }) };
}

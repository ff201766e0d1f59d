/** What the address of the quality page says. */
export interface QualityParams {
  days?: number;
  /** The facet whose figures are shown over time. */
  facet?: string;
}

/** How far one may look back. */
export const SPANS = [7, 30, 90, 365] as const;
export const USUAL = 90;

export function qualityParams(given: Record<string, unknown>): QualityParams {
  const days = SPANS.find((span) => span === given.days && span !== USUAL);
  return {
    ...(days !== undefined && { days }),
    ...(typeof given.facet === "string" && given.facet !== "" && { facet: given.facet }),
  };
}

/** What the address of the analytics page says. */
export interface AnalyticsParams {
  days?: number;
}

/** How far one may look back; events are kept no longer. */
export const SPANS = [7, 30, 90] as const;
export const USUAL = 30;

export function analyticsParams(given: Record<string, unknown>): AnalyticsParams {
  const days = SPANS.find((span) => span === given.days && span !== USUAL);
  return days === undefined ? {} : { days };
}

/** Where one list of figures comes from as a file. */
export function fileHref(table: string, days: number): string {
  return `/v1/analytics/export?${new URLSearchParams({ table, days: String(days) }).toString()}`;
}

/** What a shopper left of the catalogue, as the API takes it. Everything here is arithmetic. */

export type Value = string | number | boolean;
export interface Range {
  readonly min?: string;
  readonly max?: string;
}
export type Filters = Readonly<Record<string, readonly Value[] | Range>>;

/** One value that is filtered by; `value` is null for a range. */
export interface Chosen {
  readonly facet: string;
  readonly value: Value | null;
}

/** Every value and range that is filtered by, each to be taken away alone. */
export function chosen(filters: Filters): Chosen[] {
  return Object.entries(filters).flatMap(([facet, wanted]) => {
    const values: readonly (Value | null)[] = isRange(wanted) ? [null] : wanted;
    return values.map((value) => ({ facet, value }));
  });
}

export function has(filters: Filters, facet: string, value: Value): boolean {
  const wanted = filters[facet];
  return wanted !== undefined && !isRange(wanted) && wanted.includes(value);
}

/** With the value if it was not filtered by, else without. */
export function toggled(filters: Filters, facet: string, value: Value): Filters {
  const { [facet]: wanted = [], ...others } = filters;
  if (isRange(wanted)) return filters;
  const values = wanted.includes(value)
    ? wanted.filter((one) => one !== value)
    : [...wanted, value];
  return values.length > 0 ? { ...others, [facet]: values } : others;
}

/** With these bounds of a number; empty ones do not bind, and without any the filter goes. */
export function bounded(filters: Filters, facet: string, low: string, high: string): Filters {
  const { [facet]: _, ...others } = filters;
  const range = { ...(low && { min: low }), ...(high && { max: high }) };
  return low || high ? { ...others, [facet]: range } : others;
}

/** Without one value, or without the range. */
export function without(filters: Filters, { facet, value }: Chosen): Filters {
  return value === null ? bounded(filters, facet, "", "") : toggled(filters, facet, value);
}

/** The bounds of a facet; none where there are none. */
export function rangeOf(filters: Filters, facet: string): Range {
  const wanted = filters[facet] ?? {};
  return isRange(wanted) ? wanted : {};
}

function isRange(wanted: readonly Value[] | Range): wanted is Range {
  return !Array.isArray(wanted);
}

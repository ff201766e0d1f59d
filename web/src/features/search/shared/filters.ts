/** What results must and must not be, as the address keeps it. Values are compared as text. */
export interface Filters {
  /** By facet, values of which one must fit. */
  readonly any?: Values;
  /** By facet, values of which none may fit. */
  readonly not?: Values;
  readonly price?: Price;
}

export type Values = Readonly<Record<string, readonly string[]>>;

/** Bounds, both included; one that is missing bounds nothing. */
export interface Price {
  readonly min?: number;
  readonly max?: number;
}

export type Way = "any" | "not";

/** One filter that is active, for a chip. */
export type Active =
  | { readonly way: Way; readonly facet: string; readonly value: string }
  | { readonly way: "price"; readonly price: Price };

/** The filters that `given` tells; whatever is not understood is left out. */
export function readFilters(given: unknown): Filters | undefined {
  if (!isRecord(given)) return undefined;
  return tidy(given);
}

/** Want the value, or no longer. A value that is wanted is not left out as well. */
export function toggled(filters: Filters | undefined, way: Way, facet: string, value: string) {
  const other = way === "any" ? "not" : "any";
  const there = has(filters, way, facet, value);
  const values = filters?.[way]?.[facet] ?? [];
  return tidy({
    ...filters,
    [other]: without(filters?.[other], facet, value),
    [way]: there
      ? without(filters?.[way], facet, value)
      : { ...filters?.[way], [facet]: [...values, value] },
  });
}

export function withPrice(filters: Filters | undefined, price: Price | undefined) {
  return tidy({ ...filters, price });
}

/** The filters without one of those that are active. */
export function dropped(filters: Filters | undefined, active: Active): Filters | undefined {
  if (active.way === "price") return withPrice(filters, undefined);
  return tidy({
    ...filters,
    [active.way]: without(filters?.[active.way], active.facet, active.value),
  });
}

export function has(filters: Filters | undefined, way: Way, facet: string, value: string): boolean {
  return filters?.[way]?.[facet]?.includes(value) ?? false;
}

/** Every active filter, in the order facets were first used. */
export function actives(filters: Filters | undefined): Active[] {
  const of = (way: Way) =>
    Object.entries(filters?.[way] ?? {}).flatMap(([facet, values]) =>
      values.map((value) => ({ way, facet, value })),
    );
  const price = filters?.price;
  return [...of("any"), ...of("not"), ...(price ? [{ way: "price" as const, price }] : [])];
}

/** The filters in the words of the API. */
export function asked(filters: Filters | undefined): Record<string, unknown> {
  return {
    ...filters?.any,
    ...(filters?.price && { price: filters.price }),
    ...(filters?.not && { not: filters.not }),
  };
}

function tidy(made: { any?: unknown; not?: unknown; price?: unknown }): Filters | undefined {
  const any = readValues(made.any);
  const not = readValues(made.not);
  const price = readPrice(made.price);
  if (!any && !not && !price) return undefined;
  return { ...(any && { any }), ...(not && { not }), ...(price && { price }) };
}

function without(values: Values | undefined, facet: string, value: string): Values {
  return { ...values, [facet]: (values?.[facet] ?? []).filter((one) => one !== value) };
}

function readValues(given: unknown): Values | undefined {
  if (!isRecord(given)) return undefined;
  const kept = Object.entries(given).flatMap(([facet, values]) => {
    const texts = (Array.isArray(values) ? values : [values]).flatMap(readValue);
    return facet && texts.length > 0 ? [[facet, [...new Set(texts)]] as const] : [];
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function readValue(given: unknown): string[] {
  if (typeof given === "string") return given ? [given] : [];
  return typeof given === "number" || typeof given === "boolean" ? [String(given)] : [];
}

function readPrice(given: unknown): Price | undefined {
  if (!isRecord(given)) return undefined;
  const min = readBound(given.min);
  const max = readBound(given.max);
  if (min === undefined && max === undefined) return undefined;
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function readBound(given: unknown): number | undefined {
  return typeof given === "number" && Number.isFinite(given) && given >= 0 ? given : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

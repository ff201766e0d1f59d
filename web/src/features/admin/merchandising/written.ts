/** Filters of a rule as its form writes them, and as the address of a search keeps them. */

type Filters = Readonly<Record<string, unknown>>;

/** What a form says of one facet: a value a line, or bounds; and whether products have it, or not. */
export interface Written {
  readonly facet: string;
  readonly not: boolean;
  readonly values: string;
  readonly min: string;
  readonly max: string;
}

export const BLANK: Written = { facet: "", not: false, values: "", min: "", max: "" };

/** Filters as a form shows them, facet by facet. */
export function writtenOf({ not, ...wanted }: Filters): Written[] {
  const rows = (filters: Filters, isNot: boolean) =>
    Object.entries(filters).map(([facet, value]) => ({
      ...BLANK,
      facet,
      not: isNot,
      ...(isRecord(value)
        ? { min: text(value.min), max: text(value.max) }
        : { values: [value].flat().map(text).join("\n") }),
    }));
  return [...rows(wanted, false), ...(isRecord(not) ? rows(not, true) : [])];
}

/** The filters that a form asks for; what names no facet asks for nothing. */
export function filtersOf(written: readonly Written[]): Record<string, unknown> {
  const named = written.filter(({ facet }) => facet !== "");
  const not = together(named.filter((one) => one.not));
  const wanted = together(named.filter((one) => !one.not));
  return { ...wanted, ...(Object.keys(not).length > 0 && { not }) };
}

/** One filter for each facet, however many lines are about it. */
function together(written: readonly Written[]): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const { facet, values, min, max } of written) {
    const before = made[facet];
    if (min || max) {
      made[facet] = { ...(isRecord(before) && before), ...(min && { min }), ...(max && { max }) };
    } else {
      const wanted = values.split("\n").map((value) => value.trim());
      const others: unknown[] = Array.isArray(before) ? before : [];
      made[facet] = [...others, ...wanted.filter(Boolean)];
    }
  }
  return made;
}

/** The same filters in the address of a search. */
export function addressOf({ not, ...wanted }: Filters) {
  const { price, ...any } = wanted;
  const bounds = isRecord(price)
    ? { price: { ...bound("min", price), ...bound("max", price) } }
    : {};
  return { any: values(any), not: values(isRecord(not) ? not : {}), ...bounds };
}

function values(filters: Filters): Record<string, string[]> {
  const lists = Object.entries(filters).filter(([, wanted]) => !isRecord(wanted));
  return Object.fromEntries(lists.map(([facet, wanted]) => [facet, [wanted].flat().map(text)]));
}

function bound(name: "min" | "max", range: Filters) {
  const number = Number(range[name]);
  return range[name] !== undefined && Number.isFinite(number) ? { [name]: number } : {};
}

function text(given: unknown): string {
  return typeof given === "string" || typeof given === "number" || typeof given === "boolean"
    ? String(given)
    : "";
}

function isRecord(given: unknown): given is Filters {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** Filters of a rule as its form writes them, and as the address of a search keeps them. */

type Filters = Readonly<Record<string, unknown>>;

/** What a form says of one facet: values with commas between them, or bounds. */
export interface Written {
  readonly facet: string;
  readonly values: string;
  readonly min: string;
  readonly max: string;
}

const BLANK: Written = { facet: "", values: "", min: "", max: "" };

/** Filters by one facet as a form shows them; null for those that a form cannot. */
export function writtenOf(filters: Filters): Written | null {
  const [first, ...others] = Object.entries(filters);
  if (!first) return BLANK;
  const [facet, wanted] = first;
  if (others.length > 0 || facet === "not") return null;
  if (isRecord(wanted)) return { ...BLANK, facet, min: text(wanted.min), max: text(wanted.max) };
  return { ...BLANK, facet, values: (Array.isArray(wanted) ? wanted : [wanted]).join(", ") };
}

/** The filters that a form asks for; none without a facet. */
export function filtersOf({ facet, values, min, max }: Written): Record<string, unknown> {
  if (!facet) return {};
  if (min || max) return { [facet]: { ...(min && { min }), ...(max && { max }) } };
  const wanted = values.split(",").map((value) => value.trim());
  return { [facet]: wanted.filter(Boolean) };
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

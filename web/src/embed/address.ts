import type { Filters } from "./filters";
import { RELEVANCE, type Asked } from "./search";

type Told = Pick<Asked, "words" | "filters" | "sort">;

/** What the address of a storefront asks for; what cannot be read is left out. */
export function readAddress(query: string): Told {
  const asked = new URLSearchParams(query);
  return {
    words: asked.get("q") ?? "",
    sort: asked.get("sort") ?? RELEVANCE,
    filters: readFilters(asked.get("filters")),
  };
}

/** The same address asking for this instead; photos are nobody's to share, so they are not in it. */
export function writtenAddress({ words, filters, sort }: Told, query: string): string {
  const address = new URLSearchParams(query);
  const put = (name: string, value: string) =>
    value ? address.set(name, value) : address.delete(name);
  put("q", words);
  put("sort", sort === RELEVANCE ? "" : sort);
  put("filters", Object.keys(filters).length > 0 ? JSON.stringify(filters) : "");
  const written = address.toString();
  return written && `?${written}`;
}

function readFilters(json: string | null): Filters {
  try {
    const read: unknown = JSON.parse(json ?? "{}");
    const isFilters =
      typeof read === "object" && read !== null && Object.values(read).every(isCondition);
    return isFilters ? (read as Filters) : {};
  } catch {
    return {};
  }
}

function isCondition(given: unknown): boolean {
  return typeof given === "object" && given !== null;
}

/** What a form says of a key, and how the code of a shop carries it. */

/** The lines of a text that say something. */
export function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Filters as people write them, JSON or nothing; null for what is no object. */
export function filtersOf(text: string): Record<string, unknown> | null {
  if (text.trim() === "") return {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null || Array.isArray(read)) return null;
    return Object.fromEntries(Object.entries(read));
  } catch {
    return null;
  }
}

/** The same as text to be changed. */
export function filtersText(filters: Record<string, unknown>): string {
  return Object.keys(filters).length === 0 ? "" : JSON.stringify(filters, null, 2);
}

/** The line that a shop puts in its pages. */
export function snippet(server: string, key: string): string {
  return `<script src="${server}/vitrine.js" data-key="${key}" async></script>`;
}

/** The page of ours that searches with the key. */
export function storefront(server: string, key: string): string {
  return `${server}/s?key=${encodeURIComponent(key)}`;
}

/** The end of a day that a date field names, in the reader's own time; null for none. */
export function endOf(day: string): string | null {
  return day === "" ? null : new Date(`${day}T23:59:59`).toISOString();
}

/** The day of a moment as a date field writes it. */
export function dayOf(moment: string | null): string {
  if (moment === null) return "";
  const at = new Date(moment);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

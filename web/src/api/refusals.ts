import { Problem } from "./problem";

/** Why the server does not take a part of what it was sent, and what that part was. */
export interface Refusal {
  reason: string;
  /** As it was sent; empty for nothing, and for what is nobody's to read. */
  value: string;
}

const SECRET: readonly string[] = ["password", "current_password", "new_password", "credentials"];
const LONGEST = 80;

/** What an error refuses of the field `name` of what was sent, or of parts of it. */
export function refusalsOf(error: unknown, name: string, sent?: unknown): Refusal[] {
  return refused(error)
    .filter(([field]) => isPart(field, name))
    .map(([field, reason]) => {
      const value = SECRET.includes(name) ? "" : shown(valueAt(sent, field));
      return { reason, value: reason.includes(value) ? "" : value };
    });
}

/** Whether an error refuses nothing but these fields. */
export function isOf(error: unknown, names: readonly string[]): boolean {
  const fields = refused(error);
  return fields.length > 0 && fields.every(([field]) => names.some((name) => isPart(field, name)));
}

function refused(error: unknown): [string, string][] {
  return error instanceof Problem ? Object.entries(error.fields) : [];
}

function isPart(field: string, name: string): boolean {
  return field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`);
}

/** What lies at a place such as `filters.price.max` or `origins.0`; names may have dots in them. */
function valueAt(sent: unknown, place: string): unknown {
  if (place === "") return sent;
  if (typeof sent !== "object" || sent === null) return undefined;
  const found = Object.entries(sent)
    .filter(([name]) => isPart(place, name))
    .sort(([one], [other]) => other.length - one.length)[0];
  return found && valueAt(found[1], place.slice(found[0].length).replace(/^[.[\]]+/, ""));
}

function shown(value: unknown): string {
  const said = Array.isArray(value) ? value.map(plain).join(", ") : plain(value);
  return said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
}

function plain(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value.trim() : JSON.stringify(value);
}

/** What a product may say of itself: the rules of the server's ProductFields, for forms. */
import type { ProductFields } from "@/api/types";

/** A product as a form holds it: text, as typed. */
export interface Draft {
  external_id: string;
  title: string;
  description: string;
  category: string;
  colour: string;
  brand: string;
  gender: string;
  price: string;
  currency: string;
  attributes: readonly AttributeRow[];
}

export type AttributeKind = "text" | "number" | "flag" | "list";

/** An attribute as a row; a list has one value per line. */
export interface AttributeRow {
  name: string;
  kind: AttributeKind;
  value: string;
}

export type TextName = Exclude<keyof Draft, "attributes">;

/** Why a field is not taken: the name of a text of ours, and the limit it speaks of. */
export interface Fault {
  reason:
    | "missing"
    | "tooLong"
    | "control"
    | "unicode"
    | "price"
    | "priceTooHigh"
    | "decimals"
    | "currency"
    | "number"
    | "tooMany"
    | "twice";
  limit?: number;
}

/** Faults by field; those of an attribute by `attributes.ROW`. */
export type Faults = Readonly<Record<string, Fault>>;

export const LIMITS: Readonly<Record<Exclude<TextName, "price" | "currency">, number>> = {
  external_id: 200,
  title: 500,
  description: 20_000,
  category: 200,
  colour: 100,
  brand: 200,
  gender: 50,
};
export const MAX_ATTRIBUTES = 100;
const MAX_NAME = 100;
const MAX_VALUE = 4_000;
const REQUIRED: readonly string[] = ["external_id", "title"];
const MOST = 10n ** 12n;

export const EMPTY: Draft = {
  external_id: "",
  title: "",
  description: "",
  category: "",
  colour: "",
  brand: "",
  gender: "",
  price: "",
  currency: "",
  attributes: [],
};

/** All that the server would refuse of a draft; empty when it would take it. */
export function faultsOf(draft: Draft): Faults {
  const found: Record<string, Fault> = {};
  const note = (field: string, fault: Fault | null) => {
    if (fault) found[field] = fault;
  };
  for (const [name, limit] of Object.entries(LIMITS)) {
    if (isTextName(name)) note(name, textFault(draft[name], REQUIRED.includes(name), limit));
  }
  note("price", priceFault(amount(draft.price)));
  if (!/^([A-Z]{3})?$/.test(draft.currency.trim())) found.currency = { reason: "currency" };
  const rows = filled(draft.attributes);
  if (rows.length > MAX_ATTRIBUTES) {
    found.attributes = { reason: "tooMany", limit: MAX_ATTRIBUTES };
  }
  draft.attributes.forEach((row, place) => note(`attributes.${place}`, rowFault(draft, row)));
  return found;
}

/** The fields the server is sent. Call it for a draft without faults. */
export function fieldsOf(draft: Draft): ProductFields {
  const price = amount(draft.price);
  return {
    external_id: plain(draft.external_id),
    title: plain(draft.title),
    description: plain(draft.description),
    category: plain(draft.category),
    colour: plain(draft.colour),
    brand: plain(draft.brand),
    gender: plain(draft.gender),
    price: price === "" ? null : price,
    currency: draft.currency.trim(),
    attributes: Object.fromEntries(
      filled(draft.attributes).map((row) => [row.name.trim(), valueOf(row)]),
    ),
  };
}

/** A product's fields as a form shows them. */
export function draftOf(product: Omit<Draft, "price" | "attributes"> & Told): Draft {
  const { external_id, title, description, category, colour, brand, gender, currency } = product;
  return {
    ...{ external_id, title, description, category, colour, brand, gender, currency },
    price: product.price ?? "",
    attributes: Object.entries(product.attributes).map(([name, value]) => rowOf(name, value)),
  };
}

interface Told {
  price: string | null;
  attributes: Readonly<Record<string, unknown>>;
}

/** Only what differs between two versions of a product's fields. */
export function changesOf(before: ProductFields, after: ProductFields): Partial<ProductFields> {
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => !same(value, Object.entries(before).find(([n]) => n === name)?.[1]),
    ),
  );
}

export function isTextName(name: string): name is TextName {
  return name !== "attributes" && Object.hasOwn(EMPTY, name);
}

/** A price as the server reads it: "19,90" is meant as 19.90. */
export function amount(typed: string): string {
  const text = typed.trim();
  return /^\d+,\d{1,2}$/.test(text) ? text.replace(",", ".") : text;
}

function priceFault(text: string): Fault | null {
  if (text === "") return null;
  const parts = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) return { reason: "price" };
  if (BigInt(parts[1] ?? "0") >= MOST) return { reason: "priceTooHigh" };
  if ((parts[2] ?? "").length > 4) return { reason: "decimals", limit: 4 };
  return null;
}

function textFault(typed: string, required: boolean, limit: number): Fault | null {
  const unreadable = letterFault(typed);
  if (unreadable) return unreadable;
  const { length } = Array.from(plain(typed)); // code points, as the server counts
  if (required && length === 0) return { reason: "missing" };
  return length > limit ? { reason: "tooLong", limit } : null;
}

function letterFault(text: string): Fault | null {
  // eslint-disable-next-line no-control-regex -- these are the letters that are refused
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text)) {
    return { reason: "control" };
  }
  // With /u only half pairs are surrogates.
  return /\p{Surrogate}/u.test(text) ? { reason: "unicode" } : null;
}

function rowFault(draft: Draft, row: AttributeRow): Fault | null {
  if (isBlank(row)) return null;
  const name = row.name.trim();
  const fault = textFault(name, true, MAX_NAME) ?? letterFault(row.value);
  if (fault) return fault;
  if (draft.attributes.some((other) => other !== row && other.name.trim() === name)) {
    return { reason: "twice" };
  }
  if (row.kind === "number" && !isNumber(row.value)) return { reason: "number" };
  // The server measures the value as ASCII JSON, where other letters take six signs.
  const json = JSON.stringify(valueOf(row)).replace(/[^\0-\x7f]/g, "\\uffff");
  return json.length > MAX_VALUE ? { reason: "tooLong", limit: MAX_VALUE } : null;
}

function valueOf(row: AttributeRow): string | number | boolean | string[] {
  const text = row.value.trim();
  if (row.kind === "number") return Number(text);
  if (row.kind === "flag") return text === "true";
  if (row.kind === "text") return text;
  return row.value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function rowOf(name: string, value: unknown): AttributeRow {
  if (Array.isArray(value)) return { name, kind: "list", value: value.map(String).join("\n") };
  if (typeof value === "number") return { name, kind: "number", value: String(value) };
  if (typeof value === "boolean") return { name, kind: "flag", value: String(value) };
  return { name, kind: "text", value: String(value) };
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim()) && Number.isFinite(Number(text));
}

function filled(rows: readonly AttributeRow[]): readonly AttributeRow[] {
  return rows.filter((row) => !isBlank(row));
}

// A row that was added and left alone is no mistake.
function isBlank(row: AttributeRow): boolean {
  return row.name.trim() === "" && (row.value.trim() === "" || row.kind === "flag");
}

function plain(text: string): string {
  return text.normalize("NFC").trim();
}

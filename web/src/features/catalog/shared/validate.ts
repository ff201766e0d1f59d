/** What a product may say of itself, judged in forms by what the server declares of its fields. */
import type { Fields, ProductChange, ProductField, ProductFields } from "@/api/types";

/** A product as a form holds it: the text of each field, as typed. */
export interface Draft {
  texts: Readonly<Record<string, string>>;
  attributes: readonly AttributeRow[];
}

export type AttributeKind = "text" | "number" | "flag" | "list";

/** An attribute as a row; a list has one value per line. */
export interface AttributeRow {
  name: string;
  kind: AttributeKind;
  value: string;
}

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
    | "address"
    | "number"
    | "tooMany"
    | "twice";
  limit?: number;
}

/** Faults by field; those of an attribute by `attributes.ROW`. */
export type Faults = Readonly<Record<string, Fault>>;

const MOST = 10n ** 12n;

export const EMPTY: Draft = { texts: {}, attributes: [] };

/** The fields that hold one text, in the order in which people are asked for them. */
export function textFields({ fields }: Fields): readonly ProductField[] {
  return fields.filter(({ kind }) => kind !== "attributes");
}

/** All that the server would refuse of a draft; empty when it would take it. */
export function faultsOf(draft: Draft, declared: Fields): Faults {
  const found: Record<string, Fault> = {};
  const note = (field: string, fault: Fault | null) => {
    if (fault) found[field] = fault;
  };
  for (const field of textFields(declared)) note(field.name, fieldFault(draft, field));
  const { most } = declared.attributes;
  if (filled(draft.attributes).length > most) {
    found.attributes = { reason: "tooMany", limit: most };
  }
  draft.attributes.forEach((row, place) =>
    note(`attributes.${place}`, rowFault(draft, row, declared.attributes)),
  );
  return found;
}

/** The fields the server is sent. Call it for a draft without faults. */
export function fieldsOf(draft: Draft, declared: Fields): ProductFields {
  const texts = textFields(declared).map((field) => [field.name, sent(draft, field)]);
  const attributes = Object.fromEntries(
    filled(draft.attributes).map((row) => [row.name.trim(), valueOf(row)]),
  );
  // Its names are those that the server declared, which are these fields.
  return { ...Object.fromEntries(texts), attributes } as ProductFields;
}

/** A product's fields as a form shows them. */
export function draftOf(product: Told, declared: Fields): Draft {
  const texts = textFields(declared).map(({ name }) => [name, textOf(product, name)] as const);
  return {
    texts: Object.fromEntries(texts),
    attributes: Object.entries(product.attributes).map(([name, value]) => rowOf(name, value)),
  };
}

/** What a product says in a field that holds text; empty for nothing. */
export function textOf(product: Told, name: string): string {
  const said = product[name];
  return typeof said === "string" ? said : "";
}

interface Told extends Readonly<Record<string, unknown>> {
  attributes: Readonly<Record<string, unknown>>;
}

/** What makes one version of a product's fields the other; null takes an attribute away. */
export function changesOf(before: ProductFields, after: ProductFields): ProductChange {
  const { attributes: had = {}, ...fields } = before;
  const { attributes: has = {}, ...others } = after;
  const gone = Object.keys(had).filter((name) => !Object.hasOwn(has, name));
  const attributes = {
    ...differing(had, has),
    ...Object.fromEntries(gone.map((name) => [name, null])),
  };
  return {
    ...(differing(fields, others) as ProductChange),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

function differing<Value>(
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const known = new Map<string, Value>(Object.entries(before));
  const changed = Object.entries(after).filter(([name, value]) => !isSame(known.get(name), value));
  return Object.fromEntries(changed);
}

/** Whether two values say the same in JSON. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A price as the server reads it: "19,90" is meant as 19.90. */
export function amount(typed: string): string {
  const text = typed.trim();
  return /^\d+,\d{1,2}$/.test(text) ? text.replace(",", ".") : text;
}

function sent(draft: Draft, { name, kind }: ProductField): string | null {
  const typed = draft.texts[name] ?? "";
  if (kind === "amount") return amount(typed) || null;
  return kind === "currency" ? typed.trim() : plain(typed);
}

function fieldFault(
  draft: Draft,
  { name, kind, required, max_length }: ProductField,
): Fault | null {
  const typed = draft.texts[name] ?? "";
  if (kind === "amount") return priceFault(amount(typed));
  if (kind === "currency") return currencyFault(typed.trim());
  const fault = textFault(typed, required, max_length ?? Infinity);
  return fault ?? (kind === "address" ? addressFault(typed.trim()) : null);
}

function currencyFault(text: string): Fault | null {
  return /^([A-Z]{3})?$/.test(text) ? null : { reason: "currency" };
}

function addressFault(text: string): Fault | null {
  return /^(https?:\/\/[^\s/?#@]+([/?#]\S*)?)?$/.test(text) ? null : { reason: "address" };
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

function rowFault(draft: Draft, row: AttributeRow, limits: Fields["attributes"]): Fault | null {
  if (isBlank(row)) return null;
  const name = row.name.trim();
  const fault = textFault(name, true, limits.longest_name) ?? letterFault(row.value);
  if (fault) return fault;
  if (draft.attributes.some((other) => other !== row && other.name.trim() === name)) {
    return { reason: "twice" };
  }
  if (row.kind === "number" && !isNumber(row.value)) return { reason: "number" };
  // The server measures the value as ASCII JSON, where other letters take six signs.
  const json = JSON.stringify(valueOf(row)).replace(/[^\0-\x7f]/g, "\\uffff");
  const limit = limits.longest_value;
  return json.length > limit ? { reason: "tooLong", limit } : null;
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

/** An attribute as the server has it, as a row. */
export function rowOf(name: string, value: unknown): AttributeRow {
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

import type { Format } from "@/api/formats";
import type { ImportResult } from "@/api/types";

/** How a catalogue file is read: what its columns become, as a form shows and changes it. */

/** How to read a catalogue file, where it does not say itself. */
export interface Reading {
  format: Format;
  currency: string;
  columns: Readonly<Record<string, string>>;
}

export const AS_FOUND: Reading = { format: "auto", currency: "", columns: {} };

const ATTRIBUTE = "attributes.";

interface Use {
  column: string;
  becomes: string;
}

/** The reading after a person said what a column becomes; what was found anyway is not said. */
export function decided(reading: Reading, use: Use, found: string): Reading {
  const { [use.column]: _, ...others } = reading.columns;
  const columns = use.becomes === found ? others : { ...others, [use.column]: use.becomes };
  return { ...reading, columns };
}

/** What a column becomes at present. */
export function becomes(reading: Reading, found: Use): string {
  return reading.columns[found.column] ?? found.becomes;
}

/** The attribute that a column would become: its name in plain letters. */
export function attributeOf(column: string): string {
  const name = column.trim().slice(0, 100 - ATTRIBUTE.length);
  return `${ATTRIBUTE}${name}`;
}

/** The attribute's name, or null for what becomes none. */
export function attributeName(field: string): string | null {
  return field.startsWith(ATTRIBUTE) ? field.slice(ATTRIBUTE.length) : null;
}

/** What the first row that says anything in a column says there. */
export function sampleOf(told: Pick<ImportResult, "samples">, column: string): string {
  const said = told.samples.map(({ cells }) => cells[column]?.trim() ?? "");
  return said.find((text) => text !== "") ?? "";
}

/** Whether two readings would read a file alike. */
export function sameReading(one: Reading, other: Reading): boolean {
  return told(one) === told(other);
}

function told({ format, currency, columns }: Reading): string {
  const pairs = Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([format, currency, pairs]);
}

/** One refused cell of an import, as the file of errors tells it. */
export interface RowError {
  line: number;
  externalId: string;
  field: string;
  reason: string;
}

/** The errors of an import out of its CSV. */
export function rowErrors(text: string): RowError[] {
  return csvRows(text)
    .slice(1)
    .filter((cells) => cells.length >= 4)
    .map(([line = "", externalId = "", field = "", reason = ""]) => ({
      line: Number(line),
      externalId,
      field,
      reason,
    }));
}

/** The rows of a CSV text; quotes may hold delimiters, line breaks and doubled quotes. */
export function csvRows(text: string, delimiter = ","): string[][] {
  const by = `\\${delimiter}`;
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${by}\r\n]*))(${by}|\r?\n|$)`, "g");
  const rows: string[][] = [];
  let row: string[] = [];
  for (const found of text.matchAll(cell)) {
    const [, quoted, bare = "", end] = found;
    // At the very end the pattern matches once more, with nothing.
    if (found[0] === "" && row.length === 0) break;
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === delimiter) continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}

const DELIMITERS = [",", ";", "\t", "|"];

/** The columns that the beginning of a table, or of JSON lines, names. */
export function columnsIn(start: string): string[] {
  const text = start.replace(/^\ufeff/, "");
  const [first = ""] = text.split(/\r?\n/, 1);
  if (first.startsWith("{")) return namesIn(first);
  const times = (delimiter: string) => first.split(delimiter).length;
  const delimiter = DELIMITERS.reduce((best, one) => (times(one) > times(best) ? one : best));
  return (csvRows(text, delimiter)[0] ?? []).map((name) => name.trim()).filter(Boolean);
}

function namesIn(line: string): string[] {
  try {
    const read: unknown = JSON.parse(line);
    return typeof read === "object" && read !== null ? Object.keys(read) : [];
  } catch {
    return [];
  }
}

const BEGINNING = 65_536;

/** The columns that a file names, as far as can be told without the server. */
export async function columnsOf(file: File): Promise<string[]> {
  const bytes = new Uint8Array(await file.slice(0, BEGINNING).arrayBuffer());
  return columnsIn(decoded(bytes));
}

function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    // What is cut off at the end is no fault of the file.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

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

/** The rows of a CSV text; quotes may hold commas, line breaks and doubled quotes. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const found of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    const [, quoted, bare = "", end] = found;
    // At the very end the pattern matches once more, with nothing.
    if (found[0] === "" && row.length === 0) break;
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}

/** Whatever the server refused, as its problem+json says it. */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly requestId = "",
    /** The thing as it is now, where it was changed meanwhile. */
    readonly present?: unknown,
  ) {
    super(detail);
  }
}

/** The server could not be reached at all. */
export class Offline extends Error {
  override name = "Offline";
}

/** The problem an answer holds; an answer that holds none still becomes one. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const told = isRecord(body) ? body : {};
  return new Problem(
    response.status,
    text(told.code) || `http_${response.status}`,
    text(told.detail) || response.statusText,
    isRecord(told.fields) ? mapped(told.fields) : {},
    text(told.request_id),
    told.present,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function mapped(fields: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, reason]) => [name, text(reason)]));
}

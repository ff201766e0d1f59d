import type { Box, Deed, Found, Look, Picture, Rules, Seen, Suggestion } from "./answers";
import type { Filters } from "./filters";

/** What to search for; a field left out counts as empty. */
export interface Wish {
  readonly text?: string;
  /** Parts of the text that shall be read as words and nothing more. */
  readonly plain_words?: readonly string[];
  readonly product_id?: string;
  readonly item?: number;
  readonly box?: Box;
  readonly filters?: Filters;
  readonly sort?: string;
  readonly cursor?: string;
}

/** Why the API did not answer as asked; status 0 where nobody answered. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code = "",
    /** Seconds. */
    readonly wait = 0,
  ) {
    super(code || `status ${status}`);
  }
}

const HITS = 24;

/** The public API, asked with the shop's key: no cookies, nothing of the person. */
export class Shop {
  constructor(
    readonly server: string,
    readonly key: string,
    private readonly visit: string | null = null,
  ) {}

  /** The products for a wish, with a photo or without; raises Problem. */
  async search(wish: Wish, photo: Blob | null, more: Asking): Promise<Found> {
    const body = { ...wish, limit: HITS, language: more.language, visit: this.visit };
    return this.#post("search", photo ? form(body, photo) : JSON.stringify(body), more.signal);
  }

  /** How words that are being typed may go on; raises Problem. */
  async suggestions(q: string, more: Asking): Promise<readonly Suggestion[]> {
    const found = await this.#get<{ suggestions: Suggestion[] }>("suggestions", { q }, more);
    return found.suggestions;
  }

  /** What is on a photo; raises Problem. */
  async detect(photo: Blob, more: Asking): Promise<Seen> {
    return this.#post("detect", form({ language: more.language }, photo), more.signal);
  }

  /** What the shop says of its search; raises Problem. */
  async settings(more: Asking): Promise<Rules> {
    return this.#get("settings", {}, more);
  }

  /** Products like the shop's own one of that number; raises Problem. */
  async similar(externalId: string, limit: number, more: Asking): Promise<Found> {
    return this.#get("similar", { external_id: externalId, limit, ...this.#visited }, more);
  }

  /** What goes with a product on its photos; raises Problem. */
  async look(externalId: string, limit: number, more: Asking): Promise<Look> {
    return this.#get("look", { external_id: externalId, limit, ...this.#visited }, more);
  }

  /** Tell what was done, also from a page that is being left; nobody waits for an answer. */
  tell(events: readonly Deed[]): void {
    const body = JSON.stringify({ visit: this.visit, events });
    void this.#ask("events", { method: "POST", body, keepalive: true }).catch(() => undefined);
  }

  /** Where a picture is, so many pixels at its longer side. */
  picture({ url }: Picture, size: 160 | 480 | 1080): string {
    return `${this.server}${url.replace(/^\//, "")}&size=${size}`;
  }

  get #visited(): { visit?: string } {
    return this.visit ? { visit: this.visit } : {};
  }

  async #get<Answer>(
    path: string,
    asked: Readonly<Record<string, string | number>>,
    { language, signal }: Asking,
  ): Promise<Answer> {
    const query = new URLSearchParams({ language });
    for (const [name, value] of Object.entries(asked)) query.set(name, String(value));
    return told(await this.#ask(`${path}?${query}`, { signal: signal ?? null }));
  }

  async #post<Answer>(path: string, body: BodyInit, signal?: AbortSignal): Promise<Answer> {
    return told(await this.#ask(path, { method: "POST", body, signal: signal ?? null }));
  }

  async #ask(path: string, options: RequestInit): Promise<Response> {
    const headers: Record<string, string> = { "X-Vitrine-Key": this.key };
    if (typeof options.body === "string") headers["Content-Type"] = "application/json";
    const asked = { ...options, headers, credentials: "omit" } as const;
    try {
      return await fetch(`${this.server}v1/shop/${path}`, asked);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new Problem(0);
    }
  }
}

/** The language of titles in the answer, and how to give up. */
export interface Asking {
  readonly language: string;
  readonly signal?: AbortSignal;
}

function form(fields: object, photo: Blob): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined || value === null) continue;
    form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  form.append("image", photo, "photo.jpg");
  return form;
}

async function told<Answer>(answer: Response): Promise<Answer> {
  if (answer.ok) return (await answer.json()) as Answer;
  const problem = (await answer.json().catch(() => ({}))) as { code?: string };
  const wait = Number(answer.headers.get("Retry-After")) || 0;
  throw new Problem(answer.status, problem.code, wait);
}

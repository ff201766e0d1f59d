import type { Box, Found, Product, Seen } from "./answers";
import type { Filters } from "./filters";
import type { Photo } from "./photo";
import { Problem, type Asking, type Shop, type Wish } from "./shop";
import type { Deeds } from "./visit";

/** What a shopper looks for. */
export interface Asked {
  readonly words: string;
  /** Parts of the words that shall be no more than words. */
  readonly plain: readonly string[];
  readonly photo: Photo | null;
  /** Of the photo: the number of an item, its main one, all of it, or a box that was drawn. */
  readonly part: number | "main" | "whole" | Box;
  /** More like this product. */
  readonly like: Product | null;
  readonly filters: Filters;
  readonly sort: string;
}

export const RELEVANCE = "relevance";
export const NOTHING: Asked = {
  words: "",
  plain: [],
  photo: null,
  part: "main",
  like: null,
  filters: {},
  sort: RELEVANCE,
};

/** Whether something is compared, not merely the catalogue looked through. */
export function isAsking({ words, photo, like }: Asked): boolean {
  return words !== "" || photo !== null || like !== null;
}

/** Whether something else is looked for, not the same in another order or with other filters. */
export function isOther(before: Asked, after: Asked): boolean {
  const { words, photo, like } = before;
  return words !== after.words || photo !== after.photo || like !== after.like;
}

/** One search after another: what is asked, what was found, and who wants to know of it. */
export class Search {
  asked = NOTHING;
  /** What is on the photo, once it was looked at. */
  seen: Seen | null = null;
  /** The hits of all pages so far. */
  found: Found | null = null;
  busy = false;
  problem: Problem | null = null;

  readonly #listeners: (() => void)[] = [];
  #running = new AbortController();

  constructor(
    private readonly shop: Shop,
    private readonly deeds: Deeds,
    private readonly language: string,
    /** Whether everything is shown where nothing is asked. */
    private readonly browses: boolean,
  ) {}

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Ask something else; what is not named stays. */
  ask(change: Partial<Asked>): void {
    const isNew = change.photo !== undefined && change.photo !== this.asked.photo;
    // What was said of other words says nothing of these.
    const anew = change.words !== undefined && change.words !== this.asked.words && { plain: [] };
    this.asked = { ...this.asked, ...anew, ...change };
    if (isNew) {
      this.seen = null;
      this.found = null; // nothing of it is of use beside another photo
    }
    const { photo } = this.asked;
    const running = this.#run();
    if (isNew) void running.then(() => this.#look(photo));
  }

  /** Ask the same again, after a problem. */
  again(): void {
    const { photo } = this.asked;
    void this.#run().then(() => this.#look(photo));
  }

  /** The page after those shown. */
  async more(): Promise<void> {
    if (this.found?.next_cursor && !this.busy) await this.#run(this.found);
  }

  /** Say that nothing came of it, where the reason lies before the API. */
  fail(problem: Problem): void {
    this.problem = problem;
    this.#changed();
  }

  async #run(before: Found | null = null): Promise<void> {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.problem = null;
    if (!this.browses && !isAsking(this.asked)) this.found = null;
    this.busy = this.browses || isAsking(this.asked);
    this.#changed();
    if (!this.busy) return;
    try {
      const found = await this.shop.search(this.#wish(before), this.#bytes, this.#asking(signal));
      if (signal.aborted) return; // something else was asked meanwhile
      this.found = before ? { ...found, hits: [...before.hits, ...found.hits] } : found;
      if (!before && isAsking(this.asked)) this.deeds.searched(found.search_id);
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error instanceof Problem ? error : new Problem(500);
    }
    this.busy = false;
    this.#changed();
  }

  /** See what is on the photo, once there are hits for it: sent together, each would take longer. */
  async #look(photo: Photo | null): Promise<void> {
    if (photo === null || photo !== this.asked.photo || this.seen) return;
    try {
      const seen = await this.shop.detect(photo.bytes, this.#asking());
      if (this.asked.photo !== photo) return;
      this.seen = seen;
      this.#changed();
    } catch {
      // The search says what is wrong; without items the whole photo can still be searched.
    }
  }

  #wish(before: Found | null): Wish {
    const { words, plain, photo, part, like, filters, sort } = this.asked;
    return {
      ...(words && { text: words }),
      ...(plain.length > 0 && { plain_words: plain }),
      ...(like && !photo && { product_id: like.id }),
      ...(photo && typeof part === "number" && { item: part }),
      ...(photo && Array.isArray(part) && { box: part }),
      ...(photo && part === "whole" && { box: [0, 0, photo.canvas.width, photo.canvas.height] }),
      ...(Object.keys(filters).length > 0 && { filters }),
      ...(sort !== RELEVANCE && { sort }),
      ...(before?.next_cursor && { cursor: before.next_cursor }),
    };
  }

  get #bytes(): Blob | null {
    return this.asked.photo?.bytes ?? null;
  }

  #asking(signal?: AbortSignal): Asking {
    return { language: this.language, ...(signal && { signal }) };
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

import type { Hit } from "./answers";
import { card } from "./card";
import { h, iconButton, type Child } from "./dom";
import type { Kit } from "./kit";
import { Part } from "./part";
import cards from "./styles/card.css?inline";
import strip from "./styles/strip.css?inline";

const LIMIT = 12;
const PER_ROW = 8;
/** How far below the edge of the window a strip begins to load. */
const AHEAD = "400px";

/** A row of a strip: a title where there are several, and products. */
interface Row {
  readonly title: string | null;
  readonly hits: readonly Hit[];
}

/** A strip on a product's page; it loads when it comes near, and takes no room without products. */
abstract class Strip extends Part {
  static readonly observedAttributes = ["product"];
  /** The products whose pages were told of; a page may have several strips. */
  static readonly #viewed = new Set<string>();
  readonly #near = new IntersectionObserver(
    (seen) => {
      if (seen.some((one) => one.isIntersecting)) void this.#load();
    },
    { rootMargin: AHEAD },
  );
  #asked = new AbortController();

  constructor() {
    super(cards, strip);
  }

  connectedCallback(): void {
    this.#near.observe(this);
  }

  disconnectedCallback(): void {
    this.#near.disconnect();
    this.#asked.abort();
  }

  attributeChangedCallback(): void {
    // A shop of one page shows another product in the same place.
    if (!this.isConnected) return;
    this.root.replaceChildren();
    this.hidden = false;
    this.#near.unobserve(this);
    this.#near.observe(this);
  }

  protected abstract readonly name: "similar" | "look";
  protected abstract rows(product: string, kit: Kit, signal: AbortSignal): Promise<Told>;

  async #load(): Promise<void> {
    this.#near.unobserve(this);
    const product = this.getAttribute("product");
    this.#asked.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    if (!product) return;
    this.#tellOf(product);
    try {
      const told = await this.rows(product, this.kit, signal);
      if (!signal.aborted) this.#show(told);
    } catch {
      // Nothing to show, or nobody to ask: a product's page is whole without.
      if (!signal.aborted) this.hidden = true;
    }
  }

  #tellOf(product: string): void {
    if (Strip.#viewed.has(product)) return;
    Strip.#viewed.add(product);
    this.kit.deeds.did("view", product);
  }

  #show({ searchId, rows }: Told): void {
    const shown = rows.filter(({ hits }) => hits.length > 0);
    this.hidden = shown.length === 0;
    if (this.hidden) {
      this.root.replaceChildren();
      return;
    }
    const heading = this.getAttribute("heading") ?? this.kit.speech.say(this.name);
    const [only] = shown;
    const parts: Child[] =
      shown.length === 1 && only?.title === null
        ? [row(this.kit, h("h2", {}, heading), only, searchId)]
        : [
            h("h2", {}, heading),
            ...shown.map((one) => row(this.kit, h("h3", {}, one.title ?? ""), one, searchId)),
          ];
    const region = h("section", { class: "strip", "aria-label": heading }, ...parts);
    this.root.replaceChildren(this.ground(region));
  }
}

interface Told {
  readonly searchId: string;
  readonly rows: readonly Row[];
}

function row(kit: Kit, title: HTMLElement, { hits }: Row, searchId: string): HTMLElement {
  const { speech } = kit;
  const list = h("ul", { class: "scroller" }, ...hits.map((hit) => card(kit, hit, { searchId })));
  const step = (pages: number) => () => list.scrollBy({ left: pages * list.clientWidth * 0.8 });
  const backwards = getComputedStyle(document.documentElement).direction === "rtl" ? 1 : -1;
  const steps = h(
    "span",
    { class: "steps" },
    iconButton("previous", speech.say("previous"), step(backwards)),
    iconButton("next", speech.say("next"), step(-backwards)),
  );
  // Where all of them are in sight there is nowhere to go.
  new ResizeObserver(() => {
    steps.hidden = list.scrollWidth <= list.clientWidth;
  }).observe(list);
  return h("div", { class: "row" }, h("div", { class: "row-head" }, title, steps), list);
}

/** Products like the one of the page. */
export class Similar extends Strip {
  static readonly tag = "vitrine-similar";
  protected readonly name = "similar";

  protected async rows(product: string, { shop, speech }: Kit, signal: AbortSignal): Promise<Told> {
    const limit = Number(this.getAttribute("limit")) || LIMIT;
    const found = await shop.similar(product, limit, { language: speech.language, signal });
    const hits = found.hits.filter((hit) => hit.matches);
    return { searchId: found.search_id, rows: [{ title: null, hits }] };
  }
}

/** What goes with the product of the page: a row for each thing on its photo. */
export class Look extends Strip {
  static readonly tag = "vitrine-look";
  protected readonly name = "look";

  protected async rows(product: string, { shop, speech }: Kit, signal: AbortSignal): Promise<Told> {
    const limit = Number(this.getAttribute("limit")) || PER_ROW;
    const look = await shop.look(product, limit, { language: speech.language, signal });
    return {
      searchId: look.search_id,
      rows: look.groups.map(({ title, hits }) => ({ title, hits })),
    };
  }
}

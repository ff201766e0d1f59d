import type { Deed } from "./answers";
import type { Shop } from "./shop";

const VISIT = "vitrine.visit";
const FOUND = "vitrine.found";
const DAY = 24 * 60 * 60 * 1000;
const MOST = 50;

/** Where a product was found, for what is done with it on the pages that follow. */
interface Origin {
  readonly search_id: string;
  readonly rank: number;
}

/** A random name of this visit, kept by the tab for a day at most; null where it may not be kept. */
export function visitName(): string | null {
  try {
    const [name, since] = (sessionStorage.getItem(VISIT) ?? "").split(" ");
    if (name && Date.now() - Number(since) < DAY) return name;
    const made = crypto.randomUUID();
    sessionStorage.setItem(VISIT, `${made} ${Date.now()}`);
    return made;
  } catch {
    return null; // storage is forbidden, or the page is no secure one
  }
}

/** Tells the shop's analytics what is done with what was found. */
export class Deeds {
  constructor(
    private readonly shop: Shop,
    private readonly remembers: boolean,
  ) {}

  searched(searchId: string): void {
    this.shop.tell([{ type: "search", search_id: searchId }]);
  }

  clicked(product: { id: string; external_id: string }, origin: Origin): void {
    this.#remember(product.external_id, origin);
    this.shop.tell([{ type: "click", product_id: product.id, ...origin }]);
  }

  /** Something done with a product that the shop names by its own number. */
  did(type: "view" | "add_to_cart", externalId: string): void {
    const origin = this.#found()[externalId];
    const from: Partial<Deed> = origin ? { search_id: origin.search_id, rank: origin.rank } : {};
    this.shop.tell([{ type, external_id: externalId, ...from }]);
  }

  #found(): Record<string, Origin> {
    try {
      return JSON.parse(sessionStorage.getItem(FOUND) ?? "{}") as Record<string, Origin>;
    } catch {
      return {};
    }
  }

  #remember(externalId: string, origin: Origin): void {
    if (!this.remembers) return;
    const { [externalId]: _, ...others } = this.#found();
    const kept = [...Object.entries(others).slice(1 - MOST), [externalId, origin] as const];
    try {
      sessionStorage.setItem(FOUND, JSON.stringify(Object.fromEntries(kept)));
    } catch {
      // Without storage the click alone is told.
    }
  }
}

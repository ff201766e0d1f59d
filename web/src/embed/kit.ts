import type { Settings } from "./settings";
import type { Shop } from "./shop";
import type { Speech } from "./texts";
import type { Deeds } from "./visit";

/** What every part of the page needs to ask, to tell and to speak. */
export interface Kit {
  readonly settings: Settings;
  readonly shop: Shop;
  readonly deeds: Deeds;
  readonly speech: Speech;
}

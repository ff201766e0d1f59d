import { besideFields, Camera } from "./camera";
import type { Kit } from "./kit";
import { Part } from "./part";
import { readSettings, speechAt } from "./settings";
import { Sheet, type Opening } from "./sheet";
import { Shop } from "./shop";
import { Storefront } from "./storefront";
import { Look, Similar } from "./strips";
import { Deeds, visitName } from "./visit";

/** What a shop's own scripts may call, under the one name that is put on the page. */
export interface Vitrine {
  /** Open the search, with words or a photo if there are any. */
  readonly open: (opening?: Opening) => void;
  /** Tell that a product, by the shop's own number, was looked at or put into the cart. */
  readonly track: (type: "view" | "add_to_cart", product: string) => void;
}

const PARTS = [Camera, Sheet, Similar, Look, Storefront] as const;

/** Make the page ready, once, whatever number of tags is in it. */
function start(script: HTMLScriptElement): void {
  const settings = readSettings(script);
  if (!settings.key) {
    console.error("Vitrine: the script's tag needs data-key.");
    return;
  }
  const shop = new Shop(settings.server, settings.key, settings.visits ? visitName() : null);
  const deeds = new Deeds(shop, settings.visits);
  Part.kitAt = (element): Kit => ({ settings, shop, deeds, speech: speechAt(element, settings) });
  for (const part of PARTS) customElements.define(part.tag, part);
  const vitrine: Vitrine = Object.freeze({
    open: (opening: Opening = {}) => Sheet.shared().open(opening),
    track: (type: "view" | "add_to_cart", product: string) => deeds.did(type, product),
  });
  Object.defineProperty(window, "Vitrine", { value: vitrine });
  besideFields(settings.fields);
}

const { currentScript } = document;
if (currentScript instanceof HTMLScriptElement && !customElements.get(Camera.tag)) {
  start(currentScript);
}

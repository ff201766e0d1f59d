import type { Box, Item, Product } from "./answers";
import { fill, h, iconButton, set, type Child } from "./dom";
import type { Kit } from "./kit";
import { OwnBox, placed } from "./ownBox";
import { cut, type Photo } from "./photo";
import type { Asked, Search } from "./search";

const WHOLE = "whole";

/** What is searched with: the photo as a strip, its items to choose from, or a product. */
export function stage(kit: Kit, search: Search): HTMLElement {
  const place = h("div", { class: "stage", hidden: true });
  let shown: Photo | null = null;
  let parts: PhotoParts | null = null;
  search.onChange(() => {
    const { photo, like } = search.asked;
    place.hidden = !photo && !like;
    if (photo && photo !== shown) {
      parts = new PhotoParts(kit, search, photo);
      fill(place, parts.photo, parts.side);
      parts.photo.focus({ preventScroll: true });
    }
    if (!photo) fill(place, ...(like ? product(kit, search, like) : []));
    shown = photo;
    // Large while it is looked at, a strip once something was found: what was found shows at once.
    set(place, { "data-large": photo !== null && search.found === null && !search.problem });
    parts?.update();
  });
  return place;
}

function product({ shop, speech }: Kit, search: Search, like: Product): Child[] {
  const { title, pictures } = like;
  const [picture] = pictures;
  const remove = speech.say("removeLike", { title });
  return [
    picture && h("img", { class: "liked", alt: "", src: shop.picture(picture, 160) }),
    h("p", { class: "liking" }, speech.say("likeTitle", { title })),
    iconButton("close", remove, () => search.ask({ like: null }), { "data-key": "unlike" }),
  ];
}

/** The photo with dots on it, and the same choices beside it by name. */
class PhotoParts {
  readonly photo: HTMLElement;
  readonly side: HTMLElement;
  readonly #marks = h("div", { class: "marks", "aria-hidden": "true" });
  readonly #choices = h("div", { class: "choices", role: "group" });
  readonly #kit: Kit;
  readonly #search: Search;
  readonly #shown: Photo;
  readonly #hint: HTMLElement;
  #own: OwnBox | null = null;
  /** What was searched for when it was last shown. */
  #before: Asked["part"] = "main";

  constructor(kit: Kit, search: Search, photo: Photo) {
    this.#kit = kit;
    this.#search = search;
    this.#shown = photo;
    const { speech } = kit;
    const { canvas } = photo;
    set(canvas, { role: "img", "aria-label": speech.say("photo") });
    this.photo = h("div", { class: "photo", tabindex: "-1" }, canvas, this.#marks);
    this.photo.style.setProperty("--ratio", String(canvas.width / canvas.height));
    set(this.#choices, { "aria-label": speech.say("items") });
    const remove = () => search.ask({ photo: null, part: "main" });
    const away = iconButton("close", speech.say("removePhoto"), remove, { "data-key": "away" });
    this.#hint = h("p", { class: "soft", id: "box-keys", hidden: true }, speech.say("boxKeys"));
    this.side = h("div", { class: "side" }, h("div", {}, this.#choices, this.#hint), away);
  }

  update(): void {
    const { seen, asked } = this.#search;
    const [part, before] = [asked.part, this.#before];
    const items = seen?.items.filter(({ kind }) => kind !== WHOLE) ?? [];
    const picked = this.#picked;
    fill(this.#marks, ...items.map((item) => this.#mark(item, item.item === picked)));
    const choices = items.map((item) => this.#choice(item));
    fill(this.#choices, ...choices, choices.length > 0 && this.#all(), seen && this.#draw());
    if (this.#own && !this.#drawn && part !== before) this.#leave();
    this.#before = part;
  }

  /** The box that was drawn, while it is searched for. */
  get #drawn(): Box | null {
    const { part } = this.#search.asked;
    return typeof part === "object" ? part : null;
  }

  /** Draw a box of one's own, or no longer. */
  #draw(): HTMLElement {
    const on = { click: () => (this.#own ? this.#leave() : this.#begin()) };
    const pressed = String(this.#own !== null);
    const props = {
      type: "button",
      class: "chip",
      "aria-pressed": pressed,
      "data-key": "draw",
      on,
    };
    return h("button", props, this.#kit.speech.say("draw"));
  }

  #begin(): void {
    const put = (part: Box) => this.#search.ask({ part });
    this.#own = new OwnBox(this.#kit.speech, this.#size, this.#drawn, put);
    this.#hint.hidden = false;
    this.photo.append(this.#own.ground);
    this.#own.ground.focus({ preventScroll: true });
    this.update();
  }

  #leave(): void {
    this.#own?.ground.remove();
    this.#own = null;
    this.#hint.hidden = true;
    if (this.#drawn) this.#search.ask({ part: "main" });
    else this.update();
  }

  /** The number of the item that is searched for; null for the whole photo. */
  get #picked(): number | null {
    const { part } = this.#search.asked;
    if (part === "main") return this.#search.seen?.main ?? null;
    return typeof part === "number" ? part : null;
  }

  /** A box around what is searched for, a dot on anything else; the buttons beside do the same. */
  #mark({ item, box }: Item, isPicked: boolean): HTMLElement {
    if (isPicked) return placed(h("span", { class: "box" }), box, this.#size);
    const on = { click: () => this.#search.ask({ part: item }) };
    const dot = h("button", { type: "button", class: "dot", tabindex: "-1", on });
    return placed(dot, box, this.#size);
  }

  #choice({ item, box, title }: Item): HTMLElement {
    const pressed = String(item === this.#picked);
    const on = { click: () => this.#search.ask({ part: item }) };
    return h(
      "button",
      { type: "button", class: "chip", "aria-pressed": pressed, "data-key": `item ${item}`, on },
      cut(this.#shown, box),
      title,
    );
  }

  #all(): HTMLElement {
    const pressed = String(this.#picked === null && !this.#drawn);
    const on = { click: () => this.#search.ask({ part: WHOLE }) };
    const props = { type: "button", class: "chip", "aria-pressed": pressed, "data-key": WHOLE, on };
    return h("button", props, this.#kit.speech.say("whole"));
  }

  get #size() {
    return this.#search.seen ?? this.#shown.canvas;
  }
}

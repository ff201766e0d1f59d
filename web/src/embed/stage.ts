import type { Box, Item, Product } from "./answers";
import { fill, h, iconButton, set, type Child } from "./dom";
import type { Kit } from "./kit";
import { cut, type Photo } from "./photo";
import type { Search } from "./search";

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
    this.side = h("div", { class: "side" }, this.#choices, away);
  }

  update(): void {
    const { seen } = this.#search;
    const items = seen?.items.filter(({ kind }) => kind !== WHOLE) ?? [];
    const picked = this.#picked;
    fill(this.#marks, ...items.map((item) => this.#mark(item, item.item === picked)));
    const choices = items.map((item) => this.#choice(item));
    fill(this.#choices, ...choices, choices.length > 0 && this.#all());
  }

  /** The number of the item that is searched for; null for the whole photo. */
  get #picked(): number | null {
    const { part } = this.#search.asked;
    if (part === "main") return this.#search.seen?.main ?? null;
    return part === WHOLE ? null : part;
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
    const pressed = String(this.#picked === null);
    const on = { click: () => this.#search.ask({ part: WHOLE }) };
    const props = { type: "button", class: "chip", "aria-pressed": pressed, "data-key": WHOLE, on };
    return h("button", props, this.#kit.speech.say("whole"));
  }

  get #size() {
    return this.#search.seen ?? this.#shown.canvas;
  }
}

/** Where it is, in shares of the photo; set by script, as a policy without inline styles asks. */
function placed<Mark extends HTMLElement>(
  mark: Mark,
  [x1, y1, x2, y2]: Box,
  { width, height }: { readonly width: number; readonly height: number },
): Mark {
  const shares = { x1: x1 / width, y1: y1 / height, x2: x2 / width, y2: y2 / height };
  for (const [name, share] of Object.entries(shares)) {
    mark.style.setProperty(`--${name}`, `${share * 100}%`);
  }
  return mark;
}

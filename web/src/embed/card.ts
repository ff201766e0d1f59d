import type { Hit, Product } from "./answers";
import { h, iconButton, webAddress, type Child } from "./dom";
import type { Kit } from "./kit";

/** The event that tells the page which product was chosen; prevented, nobody goes there. */
export const OPENED = "vitrine-open";

interface Options {
  readonly searchId: string;
  /** Whether its picture is seen at once. */
  readonly eager?: boolean;
  readonly onLike?: ((product: Product) => void) | undefined;
}

/** One product: its picture, its words, its price, and the way to its page in the shop. */
export function card(kit: Kit, hit: Hit, { searchId, eager = false, onLike }: Options) {
  const { speech } = kit;
  const { product } = hit;
  return h(
    "li",
    { class: "card", "data-fits": hit.matches },
    link(kit, hit, searchId, [
      frame(kit, hit, eager),
      hit.named && h("span", { class: "mark" }, speech.say("exact")),
      product.brand && h("span", { class: "brand" }, product.brand),
      h("span", { class: "title" }, product.title),
      product.price !== null &&
        h("span", { class: "price" }, speech.price(product.price, product.currency)),
    ]),
    onLike &&
      iconButton("like", speech.say("like", { title: product.title }), () => onLike(product), {
        "data-key": `like ${product.id}`,
      }),
  );
}

function frame({ shop }: Kit, { product, picture }: Hit, eager: boolean): HTMLElement {
  const shown = picture ?? product.pictures[0];
  return h(
    "span",
    { class: "frame" },
    shown &&
      h("img", {
        alt: "",
        src: shop.picture(shown, 480),
        width: shown.width,
        height: shown.height,
        loading: eager ? "eager" : "lazy",
        decoding: "async",
      }),
  );
}

/** A product whose page nobody knows is shown, and leads nowhere. */
function link({ deeds }: Kit, hit: Hit, searchId: string, children: readonly Child[]) {
  const { product, rank } = hit;
  const address = webAddress(product.url);
  if (!address) return h("div", { class: "link" }, ...children);
  const onOpen = (event: MouseEvent) => {
    deeds.clicked(product, { search_id: searchId, rank });
    const told = new CustomEvent(OPENED, {
      detail: { product },
      bubbles: true,
      composed: true,
      cancelable: true,
    });
    if (!event.currentTarget?.dispatchEvent(told)) event.preventDefault();
  };
  // In a frame the shop's page is not for the frame.
  const target = window.top === window.self ? undefined : "_top";
  const props = { class: "link", href: address, target, "data-key": `open ${product.id}` };
  return h("a", { ...props, on: { click: onOpen } }, ...children);
}

import { h, type Child } from "./dom";
import type { Kit } from "./kit";
import base from "./styles/base.css?inline";

const sheets = new Map<string, CSSStyleSheet>();

/** A sheet that is made once, whatever number of parts wears it. */
function sheetOf(css: string): CSSStyleSheet {
  let sheet = sheets.get(css);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(css, sheet);
  }
  return sheet;
}

/** What parts ask for their kit; the tag of the script answers. */
export type KitAt = (element: Element) => Kit;

/** A part of the page: an element with a shadow root of its own, which no style of the page enters. */
export abstract class Part extends HTMLElement {
  static kitAt: KitAt;
  protected readonly root: ShadowRoot;
  #kit: Kit | undefined;

  constructor(...css: readonly string[]) {
    super();
    this.root = this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [base, ...css].map(sheetOf);
  }

  /** Asked for once the element stands in the page, whose language it speaks. */
  protected get kit(): Kit {
    return (this.#kit ??= Part.kitAt(this));
  }

  /** What begins anew inside, so that nothing of the page is inherited. */
  protected ground(...children: readonly Child[]): HTMLElement {
    const { settings, speech } = this.kit;
    const props = { class: "vitrine", "data-theme": settings.theme, lang: speech.language };
    return h("div", props, ...children);
  }
}

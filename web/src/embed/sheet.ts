import { h, iconButton } from "./dom";
import { Finder } from "./finder";
import { Part } from "./part";
import { Search } from "./search";
import card from "./styles/card.css?inline";
import finder from "./styles/finder.css?inline";
import sheet from "./styles/sheet.css?inline";

/** What the sheet begins with. */
export interface Opening {
  readonly words?: string | undefined;
  readonly photo?: Blob | undefined;
}

/** The search in a sheet over the page; there is one, made when it is first opened. */
export class Sheet extends Part {
  static readonly tag = "vitrine-sheet";
  readonly #dialog = h("dialog");
  #finder!: Finder;
  #search!: Search;

  constructor() {
    super(card, finder, sheet);
  }

  connectedCallback(): void {
    if (this.#dialog.isConnected) return;
    const { shop, deeds, speech } = this.kit;
    const close = iconButton("close", speech.say("close"), () => this.#dialog.close());
    this.#search = new Search(shop, deeds, speech.language, false);
    this.#finder = new Finder(this.kit, this.#search, close);
    this.#dialog.setAttribute("aria-label", speech.say("title"));
    this.#dialog.append(this.ground(this.#finder.element));
    this.#dialog.addEventListener("close", () => this.#finder.stop());
    this.#dialog.addEventListener("click", ({ target }) => {
      if (target === this.#dialog) this.#dialog.close(); // beside what is in it
    });
    this.root.append(this.#dialog);
  }

  /** Open it; focus goes back where it was when it is closed. */
  open({ words, photo }: Opening): void {
    if (!this.#dialog.open) this.#dialog.showModal();
    if (words) this.#search.ask({ words, photo: null, like: null, filters: {} });
    else void this.#finder.begin(photo);
  }

  /** The page's one sheet. */
  static shared(): Sheet {
    const there = document.querySelector(Sheet.tag);
    if (there instanceof Sheet) return there;
    const made = new Sheet();
    document.body.append(made);
    return made;
  }
}

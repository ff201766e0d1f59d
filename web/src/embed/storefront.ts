import { readAddress, writtenAddress } from "./address";
import { h } from "./dom";
import { Finder } from "./finder";
import { Part } from "./part";
import { Search } from "./search";
import card from "./styles/card.css?inline";
import finder from "./styles/finder.css?inline";

/** The search as a page of its own, whose address says what words look for. */
export class Storefront extends Part {
  static readonly tag = "vitrine-storefront";

  constructor() {
    super(card, finder);
  }

  connectedCallback(): void {
    if (this.root.childElementCount > 0) return;
    const { shop, deeds, speech } = this.kit;
    const search = new Search(shop, deeds, speech.language, true);
    const { element } = new Finder(this.kit, search);
    const title = h("h1", { class: "unseen" }, speech.say("title"));
    this.root.append(this.ground(title, element));
    document.title = speech.say("title");
    document.documentElement.lang = speech.locale;
    search.onChange(() => {
      const address = writtenAddress(search.asked, location.search);
      if (address !== location.search) history.pushState(null, "", address || location.pathname);
    });
    const follow = () => search.ask({ photo: null, like: null, ...readAddress(location.search) });
    addEventListener("popstate", follow);
    follow();
  }
}

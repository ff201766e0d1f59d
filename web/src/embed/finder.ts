import { h, icon, iconButton, set } from "./dom";
import type { Kit } from "./kit";
import { narrowing } from "./narrowing";
import { results } from "./results";
import { isAsking, isOther, type Search } from "./search";
import { stage } from "./stage";
import { Start } from "./start";
import { Suggesting } from "./suggesting";

/** The whole search: words and photos above, what was found below. */
export class Finder {
  readonly element: HTMLElement;
  /** Where words are typed. */
  readonly words: HTMLInputElement;
  readonly #start: Start;
  readonly #search: Search;
  #isStarting = true;

  constructor(kit: Kit, search: Search, ...beside: readonly HTMLElement[]) {
    const { speech } = kit;
    this.#search = search;
    let focused: Element | null = null;
    search.onChange(() => (focused = this.#focused));
    this.#start = new Start(kit, {
      onPhoto: (photo) => {
        search.ask({ photo, part: "main", words: "", like: null, filters: {} });
      },
      onProblem: (problem) => search.fail(problem),
    });
    this.words = h("input", {
      ...{ type: "search", class: "words", enterkeyhint: "search", maxlength: 1000 },
      ...{
        autocomplete: "off",
        placeholder: speech.say("words"),
        "aria-label": speech.say("words"),
      },
    });
    const camera = iconButton("camera", speech.say("camera"), () => this.#toggleStart(), {
      "aria-expanded": "true",
    });
    const head = h("header", { class: "head" }, this.#form(kit, camera), ...beside);
    const hits = results(kit, search);
    const found = h("div", { class: "found" }, narrowing(kit, search), hits);
    const body = h("div", { class: "columns" }, stage(kit, search), found);
    this.element = h("div", { class: "finder" }, head, this.#start.element, body);
    this.#takeDrops();
    let before = search.asked;
    search.onChange(() => {
      if (this.#focused !== this.words) this.words.value = search.asked.words; // not while one types
      if (search.asked !== before && isAsking(search.asked)) this.#isStarting = false;
      if (isOther(before, search.asked)) this.#toTop();
      before = search.asked;
      const isOpen = this.#isStarting || !isAsking(search.asked);
      this.#start.element.hidden = !isOpen;
      set(camera, { "aria-expanded": String(isOpen) });
      // What had the focus may be gone; who goes by keyboard shall not begin at the top again.
      if (focused && !this.#focused?.checkVisibility()) hits.focus();
    });
  }

  get #focused(): Element | null {
    return (this.words.getRootNode() as ShadowRoot).activeElement;
  }

  /** What was found for something else begins at its beginning, in a sheet and on a page. */
  #toTop(): void {
    this.element.scrollTop = 0;
    if (this.element.getBoundingClientRect().top < 0) this.element.scrollIntoView();
  }

  /** Show the ways to a photo, or take one that is there already. */
  async begin(photo?: Blob): Promise<void> {
    this.#isStarting = true;
    this.#start.element.hidden = false;
    if (photo) await this.#start.take([photo]);
  }

  /** Give up the camera. */
  stop(): void {
    this.#start.stop();
  }

  #toggleStart(): void {
    this.#isStarting = this.#start.element.hidden;
    this.#start.element.hidden = !this.#isStarting;
    this.#start.stop();
    this.#start.element.querySelector("button")?.focus();
  }

  #form(kit: Kit, camera: HTMLElement): HTMLElement {
    const ask = (text: string) => this.#search.ask({ words: text.trim() });
    const suggesting = new Suggesting(kit, this.words, ask);
    const onSubmit = (event: Event) => {
      event.preventDefault();
      suggesting.close();
      ask(this.words.value);
    };
    const submit = kit.speech.say("submit");
    const button = h(
      "button",
      { class: "tool", "aria-label": submit, title: submit },
      icon("search"),
    );
    return h(
      "form",
      { role: "search", class: "bar", on: { submit: onSubmit } },
      this.words,
      camera,
      button,
      suggesting.list,
    );
  }

  #takeDrops(): void {
    const { element } = this;
    element.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
    element.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.#start.take(event.dataTransfer?.files);
    });
    element.addEventListener("paste", (event) => void this.#start.take(event.clipboardData?.files));
  }
}

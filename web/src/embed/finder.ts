import { h, icon, iconButton, set } from "./dom";
import type { Kit } from "./kit";
import { narrowing } from "./narrowing";
import { results } from "./results";
import { isAsking, type Search } from "./search";
import { stage } from "./stage";
import { Start } from "./start";

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
    this.#start = new Start(kit, {
      onPhoto: (photo) => {
        this.#isStarting = false;
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
    const found = h("div", { class: "found" }, narrowing(kit, search), results(kit, search));
    const body = h("div", { class: "columns" }, stage(kit, search), found);
    this.element = h("div", { class: "finder" }, head, this.#start.element, body);
    this.#takeDrops();
    search.onChange(() => {
      const { activeElement } = this.words.getRootNode() as ShadowRoot;
      if (activeElement !== this.words) this.words.value = search.asked.words; // not while one types
      const isOpen = this.#isStarting || (!isAsking(search.asked) && !search.found && !search.busy);
      this.#start.element.hidden = !isOpen;
      set(camera, { "aria-expanded": String(isOpen) });
    });
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
    const onSubmit = (event: Event) => {
      event.preventDefault();
      this.#isStarting = false;
      this.#search.ask({ words: this.words.value.trim() });
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

import { fill, h, set } from "./dom";
import type { Kit } from "./kit";
import type { Suggestion } from "./answers";

/** How long nobody types before it is asked, in milliseconds. */
const PAUSE = 150;
/** Fewer letters may begin anything; a sign of a script without blanks is a syllable or a word. */
const LEAST = 2;

/** Have a field suggest how its words may go on: a combobox whose list opens below it. */
export class Suggesting {
  readonly list: HTMLElement;
  readonly #kit: Kit;
  readonly #field: HTMLInputElement;
  readonly #onChosen: (text: string) => void;
  #shown: readonly Suggestion[] = [];
  /** Which of them Enter takes; -1 for what was typed. */
  #active = -1;
  #timer = 0;
  #asking = new AbortController();

  constructor(kit: Kit, field: HTMLInputElement, onChosen: (text: string) => void) {
    this.#kit = kit;
    this.#field = field;
    this.#onChosen = onChosen;
    const label = kit.speech.say("suggestions");
    this.list = h("ul", {
      ...{ class: "suggestions", id: "suggestions", role: "listbox", "aria-label": label },
      hidden: true,
    });
    // What is pressed in the list must not take the focus from the field.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    set(field, {
      ...{ role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions" },
      "aria-expanded": "false",
    });
    field.addEventListener("input", (event) => this.#typed(event as InputEvent));
    field.addEventListener("keydown", (event) => this.#pressed(event));
    field.addEventListener("blur", () => this.close());
  }

  /** Show none, and none that is still on its way. */
  close(): void {
    clearTimeout(this.#timer);
    this.#asking.abort();
    this.#show([]);
  }

  #typed({ isComposing }: InputEvent): void {
    this.close();
    const typed = this.#field.value;
    const least = /[\u3040-\u30ff\u4e00-\u9fff]/.test(typed) ? 1 : LEAST;
    if (!isComposing && typed.trim().length < least) return;
    this.#timer = window.setTimeout(() => void this.#ask(typed), PAUSE);
  }

  async #ask(typed: string): Promise<void> {
    const { shop, speech } = this.#kit;
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const found = await shop.suggestions(typed, { language: speech.language, signal });
      if (!signal.aborted) this.#show(found);
    } catch {
      // Who types goes on without.
    }
  }

  #show(suggestions: readonly Suggestion[]): void {
    this.#shown = suggestions;
    const options = suggestions.map(({ text, title }, place) =>
      h(
        "li",
        {
          ...{ role: "option", id: `suggestion-${place}`, "aria-selected": "false" },
          on: { click: () => this.#choose(place) },
        },
        h("span", {}, text),
        title !== "" && h("span", { class: "soft" }, title),
      ),
    );
    fill(this.list, ...options);
    this.list.hidden = options.length === 0;
    set(this.#field, { "aria-expanded": String(options.length > 0) });
    this.#mark(-1);
  }

  #mark(place: number): void {
    this.#active = place;
    [...this.list.children].forEach((option, at) => {
      set(option, { "aria-selected": String(at === place) });
      if (at === place) option.scrollIntoView({ block: "nearest" });
    });
    set(this.#field, { "aria-activedescendant": place < 0 ? null : `suggestion-${place}` });
  }

  #pressed(event: KeyboardEvent): void {
    const count = this.#shown.length;
    if (event.isComposing || count === 0) return;
    const steps: Partial<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      // In a ring, of which what was typed is one place.
      const next = (this.#active + 1 + step + count + 1) % (count + 1);
      this.#mark(next - 1);
    } else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#active);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(place: number): void {
    const text = this.#shown[place]?.text ?? "";
    this.close();
    this.#field.value = text;
    this.#onChosen(text);
  }
}

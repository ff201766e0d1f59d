import type { Facet, Found } from "./answers";
import { fill, h, icon, set, type Child } from "./dom";
import {
  bounded,
  chosen,
  has,
  rangeOf,
  toggled,
  without,
  type Chosen,
  type Value,
} from "./filters";
import type { Kit } from "./kit";
import { status } from "./results";
import { RELEVANCE, type Search } from "./search";

const SORTS = [RELEVANCE, "price", "-price", "newest"] as const;
const PRICE = "price";
/** Values shown of a facet; more would be looked up, not read. */
const MOST = 14;

/** How many there are, in which order, and what is left of them. */
export function narrowing(kit: Kit, search: Search): HTMLElement {
  const { speech } = kit;
  const titles = new Titles();
  const told = h("p", { class: "status", role: "status" });
  const chips = h("div", { class: "chips" });
  const panel = h("div", { class: "panel", id: "filters", hidden: true });
  const toggle = h("button", {
    type: "button",
    class: "button",
    hidden: true,
    "aria-expanded": "false",
    "aria-controls": "filters",
    on: { click: () => open(panel.hidden) },
  });
  const open = (isOpen: boolean) => {
    panel.hidden = !isOpen;
    set(toggle, { "aria-expanded": String(isOpen) });
  };
  const sort = sorting(kit, search);
  const bar = h("div", { class: "toolbar" }, told, toggle, sort);
  search.onChange(() => {
    const { found, asked } = search;
    titles.learn(found);
    told.textContent = status(speech, search);
    const wanted = chosen(asked.filters);
    const count = wanted.length;
    const name = count > 0 ? speech.say("filtersOn", { count }) : speech.say("filters");
    fill(toggle, icon("filters"), h("span", {}, name));
    sort.value = asked.sort;
    fill(chips, ...applied(kit, search, wanted, titles));
    fill(panel, ...facets(kit, search));
    set(toggle, { hidden: !found && count === 0 });
    set(sort, { hidden: !found });
  });
  return h("div", { class: "narrowing" }, bar, chips, panel);
}

function sorting({ speech }: Kit, search: Search): HTMLSelectElement {
  const options = SORTS.map((value) => h("option", { value }, speech.say(`sort_${value}`)));
  const label = speech.say("sort");
  const select = h("select", { class: "sort", "aria-label": label, hidden: true }, ...options);
  select.addEventListener("change", () => search.ask({ sort: select.value }));
  return select;
}

/** What is filtered by, each taken away with a tap. */
function applied(
  { speech }: Kit,
  search: Search,
  wanted: readonly Chosen[],
  titles: Titles,
): Child[] {
  const { filters } = search.asked;
  const words = ({ facet, value }: Chosen): string => {
    if (value !== null) return titles.of(facet, value);
    const { min, max } = rangeOf(filters, facet);
    const price = (amount: string) => speech.price(amount, titles.currency);
    if (min && max) return speech.say("between", { low: price(min), high: price(max) });
    return min
      ? speech.say("from", { price: price(min) })
      : speech.say("to", { price: price(max ?? "") });
  };
  return wanted.map((one) => {
    const value = words(one);
    const props = {
      type: "button",
      class: "chip",
      "aria-label": speech.say("removeFilter", { value }),
      "data-key": `remove ${one.facet} ${String(one.value)}`,
      on: { click: () => search.ask({ filters: without(filters, one) }) },
    };
    return h("button", props, value, icon("close"));
  });
}

function facets(kit: Kit, search: Search): Child[] {
  const { found } = search;
  if (!found) return [];
  return [
    ...found.facets.filter(({ values }) => values.length > 0).map((one) => facet(search, one)),
    found.price_range && prices(kit, search, found),
  ];
}

function facet(search: Search, { name, title, values }: Facet): HTMLElement {
  const { filters } = search.asked;
  const buttons = values
    .filter(({ value }, place) => place < MOST || has(filters, name, value))
    .map(({ value, title, count }) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-pressed": String(has(filters, name, value)),
          "data-key": `${name} ${String(value)}`,
          on: { click: () => search.ask({ filters: toggled(filters, name, value) }) },
        },
        title,
        h("span", { class: "count" }, String(count)),
      ),
    );
  return h("fieldset", {}, h("legend", {}, title), h("div", { class: "values" }, ...buttons));
}

function prices({ speech }: Kit, search: Search, found: Found): HTMLElement {
  const { min = "", max = "" } = rangeOf(search.asked.filters, PRICE);
  const range = found.price_range;
  const field = (key: string, label: string, value: string, placeholder = "") =>
    h("input", {
      ...{ class: "amount", inputmode: "decimal", "aria-label": label, value, placeholder },
      "data-key": key,
    });
  const low = field("low", speech.say("priceFrom"), min, range?.min);
  const high = field("high", speech.say("priceTo"), max, range?.max);
  const apply = h("button", { class: "button", "data-key": "apply" }, speech.say("apply"));
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const [from, to] = [amount(low.value), amount(high.value)];
    search.ask({ filters: bounded(search.asked.filters, PRICE, from, to) });
  };
  const form = h("form", { class: "values", on: { submit: onSubmit } }, low, "–", high, apply);
  return h("fieldset", {}, h("legend", {}, speech.say("price")), form);
}

/** A number as people type it, with a comma or a point; empty where it is none. */
export function amount(typed: string): string {
  const plain = typed.trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(plain) ? plain : "";
}

/** What values are called and what prices are counted in, as answers told it. */
class Titles {
  currency = "";
  readonly #known = new Map<string, string>();

  learn(found: Found | null): void {
    this.currency =
      found?.hits.find((hit) => hit.product.currency)?.product.currency ?? this.currency;
    for (const { name, values } of found?.facets ?? []) {
      for (const { value, title } of values) this.#known.set(`${name} ${String(value)}`, title);
    }
  }

  of(facet: string, value: Value): string {
    return this.#known.get(`${facet} ${String(value)}`) ?? String(value);
  }
}

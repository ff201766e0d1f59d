import type { Hit } from "./answers";
import { card } from "./card";
import { fill, h, type Child } from "./dom";
import type { Kit } from "./kit";
import { isAsking, type Search } from "./search";
import type { Problem } from "./shop";
import type { Speech } from "./texts";

/** How many pictures are in sight on a phone. */
const IN_SIGHT = 4;

/** What was found: matches, then those less alike; or why there is nothing. */
export function results(kit: Kit, search: Search): HTMLElement {
  const { speech } = kit;
  const place = h("section", {
    class: "results",
    "aria-label": speech.say("results"),
    tabindex: "-1",
  });
  search.onChange(() => {
    place.setAttribute("aria-busy", String(search.busy));
    fill(place, ...(search.problem ? failure(speech, search) : hits(kit, search, place)));
  });
  return place;
}

function hits(kit: Kit, search: Search, place: HTMLElement): Child[] {
  const { found, busy } = search;
  if (!found) return [busy && placeholders()];
  const { speech } = kit;
  const shown = (these: readonly Hit[], quiet: boolean) =>
    these.length > 0 && list(kit, search, these, quiet);
  const fitting = found.hits.filter((hit) => hit.matches);
  const others = found.hits.filter((hit) => !hit.matches);
  const isEmpty = found.hits.length === 0;
  return [
    !found.fits && message(speech.say("nothing"), others.length > 0 && speech.say("nothingText")),
    found.fits && isEmpty && message(speech.say("empty"), speech.say("emptyText")),
    shown(fitting, false),
    found.fits && others.length > 0 && h("h2", { class: "divider" }, speech.say("less")),
    shown(others, true),
    found.next_cursor && more(speech, search, place),
  ];
}

function list(kit: Kit, search: Search, hits: readonly Hit[], quiet: boolean): HTMLElement {
  const { found } = search;
  const cards = hits.map((hit, place) =>
    card(kit, hit, {
      searchId: found?.search_id ?? "",
      eager: place < IN_SIGHT,
      onLike: (like) => {
        search.ask({ like, photo: null, words: "", filters: {} });
      },
    }),
  );
  const label = quiet ? kit.speech.say("less") : undefined;
  return h("ul", { class: quiet ? "grid quiet" : "grid", "aria-label": label }, ...cards);
}

/** Goes on, and to the first that is new. */
function more(speech: Speech, search: Search, place: HTMLElement): HTMLElement {
  const onClick = async () => {
    const before = search.found?.hits.length ?? 0;
    await search.more();
    place.querySelectorAll<HTMLElement>(".card .link")[before]?.focus();
  };
  const on = { click: () => void onClick() };
  return h("button", { type: "button", class: "button more", on }, speech.say("more"));
}

function failure(speech: Speech, search: Search): Child[] {
  const on = { click: () => search.again() };
  const { problem } = search;
  if (!problem) return [];
  return [
    message(reason(speech, problem)),
    canAgain(problem) &&
      h("button", { type: "button", class: "button more", on }, speech.say("retry")),
  ];
}

/** Why there is no answer, in words for shoppers. */
export function reason(speech: Speech, { status, wait }: Problem): string {
  if (status === 0) return speech.say("offline");
  if (status === 429 || status === 503) return speech.say("busy", { count: Math.max(1, wait) });
  if (status === 401 || status === 403) return speech.say("refused");
  if (status === 413 || status === 415) return speech.say("photoRefused");
  return speech.say("failed");
}

function canAgain({ status }: Problem): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function message(title: string, text?: string | false): HTMLElement {
  return h("div", { class: "message" }, h("h2", {}, title), text && h("p", {}, text));
}

function placeholders(): HTMLElement {
  const empty = Array.from({ length: IN_SIGHT }, () =>
    h("li", { class: "card" }, h("span", { class: "frame waiting" })),
  );
  return h("ul", { class: "grid", "aria-hidden": "true" }, ...empty);
}

/** How many there are, or what is being done, for everybody and read out when it changes. */
export function status(speech: Speech, search: Search): string {
  const { asked, busy, found, problem } = search;
  if (problem) return reason(speech, problem);
  if (busy) return speech.say(asked.photo && !found ? "looking" : "searching");
  if (!found) return "";
  if (!found.fits) return speech.say("nothing");
  if (found.total === null) return "";
  if (found.sorted !== null) return speech.say("sorted", { count: found.sorted });
  const what = isAsking(asked) ? "found" : "products";
  return speech.say(found.capped ? `${what}Over` : what, { count: found.total });
}

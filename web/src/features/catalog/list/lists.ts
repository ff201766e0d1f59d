/** What is done to ordered lists and to the choice among them. */

/** The list with one of its things moved to another place. */
export function moved<Thing>(list: readonly Thing[], from: number, to: number): Thing[] {
  const rest = list.filter((_, place) => place !== from);
  const thing = list[from];
  if (thing === undefined) return rest;
  const place = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, place), thing, ...rest.slice(place)];
}

/** The chosen things, and the one a further choice with Shift reaches from. */
export interface Chosen {
  ids: ReadonlySet<string>;
  anchor: string | null;
}

export const NONE: Chosen = { ids: new Set(), anchor: null };

/** Choose or leave one; with `reach` everything from the anchor to it takes the same state. */
export function toggled(
  chosen: Chosen,
  list: readonly string[],
  id: string,
  reach: boolean,
): Chosen {
  const on = !chosen.ids.has(id);
  const from = chosen.anchor === null ? -1 : list.indexOf(chosen.anchor);
  const to = list.indexOf(id);
  const range =
    reach && from >= 0 && to >= 0 ? list.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
  const ids = new Set(chosen.ids);
  for (const each of range) {
    if (on) ids.add(each);
    else ids.delete(each);
  }
  return { ids, anchor: id };
}

/** The choice without what is no longer in the list. */
export function stillThere(chosen: Chosen, list: readonly string[]): Chosen {
  const there = new Set(list);
  if ([...chosen.ids].every((id) => there.has(id))) return chosen;
  return { ids: new Set([...chosen.ids].filter((id) => there.has(id))), anchor: null };
}

/** Where an arrow key leads in rows of `columns`; null for a key that leads nowhere. */
export function arrow(key: string, from: number, columns: number, length: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -from,
    End: length - 1 - from,
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (step === undefined) return null;
  const to = from + step;
  return to >= 0 && to < length && to !== from ? to : null;
}

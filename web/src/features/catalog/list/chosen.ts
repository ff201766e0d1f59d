/** Which products of a list are chosen. */

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

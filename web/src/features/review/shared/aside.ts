/** The facets that a reviewer leaves aside: their labels are on the screen, and not looked at. */
import { useSyncExternalStore } from "react";

const KEPT = "vitrine.review.aside";
const listeners = new Set<() => void>();
const read: { text: string | null; facets: ReadonlySet<string> } = {
  text: null,
  facets: new Set(),
};

/** The facets as this browser keeps them: who cannot judge one, cannot on the next item either. */
export function leftAside(): ReadonlySet<string> {
  const text = localStorage.getItem(KEPT);
  if (text !== read.text) Object.assign(read, { text, facets: new Set(text?.split(" ")) });
  return read.facets;
}

export function useLeftAside(): ReadonlySet<string> {
  return useSyncExternalStore(onChange, leftAside);
}

/** Leave a facet aside from now on, or look at it again. */
export function toggleAside(facet: string): void {
  const others = [...leftAside()].filter((one) => one !== facet);
  const facets = leftAside().has(facet) ? others : [...others, facet];
  if (facets.length > 0) localStorage.setItem(KEPT, facets.join(" "));
  else localStorage.removeItem(KEPT);
  for (const listener of listeners) listener();
}

function onChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

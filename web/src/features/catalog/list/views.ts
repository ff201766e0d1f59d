/** Views of the catalogue: those there always are, and how a saved one becomes an address. */
import type { SavedView, ViewShows } from "@/api/types";

import { catalogueParams, USUAL, type CatalogueParams } from "./params";

export const BUILT_IN = ["all", "photos", "failed", "unsure", "drafts"] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

const NARROWED: Readonly<Record<BuiltIn, CatalogueParams>> = {
  all: {},
  photos: { photos: false },
  failed: { failed: true },
  unsure: { unsure: true, sort: "sureness" },
  drafts: { by: { status: "draft" } },
};

/** The address of a view there always is; the list looks as it does in `params`. */
export function builtIn(name: BuiltIn, { view, columns }: CatalogueParams): CatalogueParams {
  return { ...NARROWED[name], ...(view && { view }), ...(columns && { columns }) };
}

/** The address of a view that was saved. */
export function opened({ shows }: SavedView): CatalogueParams {
  const { layout, columns, photos, ...rest } = shows;
  return catalogueParams({
    ...rest,
    ...(photos === false && { photos }),
    ...(layout === "table" && { view: "table" }),
    ...(columns && { columns }),
  });
}

/** What is kept of an address under a name. */
export function kept(params: CatalogueParams): ViewShows {
  const { view, columns, trash: _, by, ...rest } = params;
  return {
    ...rest,
    ...(by && { by: { ...by } }),
    layout: view ?? "grid",
    ...(columns && { columns: [...columns] }),
  };
}

/** Whether two addresses show the same. */
export function isSame(one: CatalogueParams, other: CatalogueParams): boolean {
  return written(one) === written(other);
}

function written({ columns = USUAL, by = {}, ...params }: CatalogueParams): string {
  const sorted = Object.entries({ ...params, columns, by: Object.entries(by).sort() });
  return JSON.stringify(sorted.sort(([a], [b]) => (a < b ? -1 : 1)));
}

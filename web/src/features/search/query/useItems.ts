import { useQuery } from "@tanstack/react-query";

import { imageUrl } from "@/api/client";

import type { Size } from "@/components/boxes";
import type { SearchParams } from "../shared/params";
import { itemsQuery, type Item } from "../shared/queries";
import { chosenOf } from "./Choices";
import type { Picked } from "./photo";

/** The photo to show, and the items on it once they are known. */
export function useItems(params: SearchParams, picked: Picked | null, isNew: boolean) {
  const looked = useQuery({
    ...itemsQuery(params.upload ?? ""),
    enabled: params.upload !== undefined && !isNew,
  });
  // Until a new photo is there, nothing known of the one before is shown on it.
  const found = isNew ? undefined : looked.data;
  const shown = isNew ? picked : photoOf(params.upload, picked);
  const size = found ?? shown?.size ?? null;
  const items = real(found?.items ?? []);
  const isLooking = !isNew && looked.isLoading;
  const main = found?.main ?? undefined;
  return { found, shown, size, items, main, isLooking, chosen: chosenOf(params, main, size) };
}

function photoOf(
  upload: string | undefined,
  picked: Picked | null,
): { url: string; size: Size | null } | null {
  if (upload === undefined) return null;
  return picked?.upload === upload ? picked : { url: imageUrl(upload), size: null };
}

/** The items that are things; a photo without any has the whole of it as its only item. */
function real(items: readonly Item[]): readonly Item[] {
  return items.filter((item) => item.kind !== "whole");
}

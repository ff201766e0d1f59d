import { useQuery } from "@tanstack/react-query";

import { imageUrl } from "@/api/client";

import { whole } from "@/components/boxes";
import type { SearchParams } from "../shared/params";
import { itemsQuery, productQuery } from "../shared/queries";
import type { AskedView } from "../shared/view";
import type { Picked } from "./photo";

/** What was searched with, to be shown beside what was found; null where it was words only. */
export function useAskedView(params: SearchParams, picked: Picked | null): AskedView | null {
  const items = useQuery({
    ...itemsQuery(params.upload ?? ""),
    enabled: params.upload !== undefined,
  });
  const product = useQuery({
    ...productQuery(params.product ?? ""),
    enabled: params.product !== undefined,
  });
  if (params.upload && items.data) {
    const size = items.data;
    const number = params.item ?? items.data.main;
    const chosen = items.data.items.find(({ item }) => item === number);
    const url = picked?.upload === params.upload ? picked.url : imageUrl(params.upload);
    return { url, size, box: params.box ?? chosen?.box ?? whole(size) };
  }
  const image = params.product ? product.data?.images[0] : undefined;
  if (!image) return null;
  return { url: `${imageUrl(image.id)}/thumbnail?size=1080`, size: image, box: whole(image) };
}

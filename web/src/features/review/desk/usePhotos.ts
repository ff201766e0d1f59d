import { useEffect, useRef } from "react";

import { imageUrl } from "@/api/client";
import type { ReviewItem } from "@/api/types";

/** Where a photo is fetched from, in the size that a desk shows. */
export function photoUrl(imageId: string): string {
  return `${imageUrl(imageId)}/thumbnail?size=1080`;
}

/** Fetches the photos of items that come next, so that they are there at once. */
export function usePhotosAhead(items: readonly ReviewItem[]): void {
  const fetched = useRef(new Map<string, HTMLImageElement>());
  useEffect(() => {
    const wanted = items.flatMap(({ photos }) => photos.map(({ image }) => image.id));
    for (const id of wanted) {
      if (fetched.current.has(id)) continue;
      const image = new Image();
      image.src = photoUrl(id);
      fetched.current.set(id, image);
    }
    for (const id of fetched.current.keys()) {
      if (!wanted.includes(id)) fetched.current.delete(id);
    }
  }, [items]);
}

import { useCallback, useEffect, useRef, useState } from "react";

import { isPicture } from "@/api/photos";

/** A photo that was chosen, and where the page can show it from. */
export interface Picked {
  file: File;
  url: string;
}

/** Chosen photos; the addresses that show them are given back when they are not needed. */
export function usePicked() {
  const [photos, setPhotos] = useState<readonly Picked[]>([]);
  const urls = useRef(new Set<string>());
  const add = useCallback((files: readonly File[]) => {
    const pictures = files.filter(isPicture);
    const made = pictures.map((file) => ({ file, url: URL.createObjectURL(file) }));
    for (const { url } of made) urls.current.add(url);
    setPhotos((before) => [...before, ...made]);
  }, []);
  useEffect(() => {
    const shown = new Set(photos.map(({ url }) => url));
    for (const url of urls.current) {
      if (shown.has(url)) continue;
      URL.revokeObjectURL(url);
      urls.current.delete(url);
    }
  }, [photos]);
  return { photos, setPhotos, add };
}

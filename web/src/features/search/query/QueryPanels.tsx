import { lazy, Suspense, useEffect } from "react";

import { Skeleton } from "@/components/Skeleton";

import type { Change, SearchParams } from "../shared/params";
import type { SearchedPhoto } from "./useSearchedPhoto";

// Not needed before something is asked; fetched meanwhile, so that a photo shows at once.
const fetchPhotoPanel = () => import("./PhotoPanel");
const PhotoPanel = lazy(fetchPhotoPanel);
const ProductPanel = lazy(() => import("./ProductPanel"));

interface Props {
  params: SearchParams;
  photo: SearchedPhoto;
  /** What the server no longer has, of what was searched with. */
  gone: "upload" | "product" | null;
  focusWords: () => void;
  onChange: (change: Change, replace?: boolean) => void;
}

/** What is searched with beside words: a photo, or a product. */
export function QueryPanels({ params, photo, gone, focusWords, onChange }: Props) {
  const { upload, product } = params;
  const { isNew } = photo;
  useEffect(() => {
    const timer = setTimeout(() => void fetchPhotoPanel(), 1_000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Suspense fallback={<Skeleton height="600px" />}>
      {(isNew || (upload && gone !== "upload")) && (
        <PhotoPanel
          params={params}
          photo={photo}
          onChange={onChange}
          onRemove={() => {
            photo.forget();
            onChange({ upload: undefined });
          }}
        />
      )}
      {product && !isNew && gone !== "product" && (
        <ProductPanel
          id={product}
          onBut={focusWords}
          onRemove={() => onChange({ product: undefined })}
        />
      )}
    </Suspense>
  );
}

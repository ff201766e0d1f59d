import { useTranslation } from "react-i18next";

import { useToast } from "@/components/toast";

import type { Change, SearchParams } from "../shared/params";
import { pictureIn, usePhoto, usePhotoDrops } from "./photo";

/** The photo that is searched with: picked, dropped or pasted anywhere on the page. */
export function useSearchedPhoto(params: SearchParams, onChange: (change: Change) => void) {
  const { t } = useTranslation();
  const say = useToast();
  const photo = usePhoto(params, (upload) =>
    onChange({ upload, item: undefined, box: undefined, look: undefined, product: undefined }),
  );
  const takeFiles = (files: FileList) => {
    const picture = pictureIn(files);
    if (picture) photo.take(picture);
    else say(t("search.noPicture"));
  };
  const isOver = usePhotoDrops(takeFiles);
  /** Whether one is on its way, or was refused, that the address knows nothing of. */
  const isNew = photo.isSending || photo.error !== null;
  return { ...photo, isNew, isOver, takeFiles };
}

export type SearchedPhoto = ReturnType<typeof useSearchedPhoto>;

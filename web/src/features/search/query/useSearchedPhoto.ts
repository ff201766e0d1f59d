import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useFields } from "@/components/fields";
import { useToast } from "@/components/toast";

import { changed, toPhoto, type Change, type SearchParams } from "../shared/params";
import { hitsQuery, searchBy } from "../shared/queries";
import { pictureIn, usePhoto, usePhotoDrops } from "./photo";

/**
 * The photo that is searched with: picked, dropped or pasted anywhere on the page. Its first hits
 * come with its id, and are there for whoever asks for them.
 */
export function useSearchedPhoto(params: SearchParams, onKept: (change: Change) => void) {
  const { t } = useTranslation();
  const say = useToast();
  const fields = useFields();
  const client = useQueryClient();
  const photo = usePhoto(params, {
    send: (sent, size, beside) => searchBy(sent, size, beside, fields),
    onKept: ({ upload, page }, beside) => {
      const { queryKey } = hitsQuery(changed(beside, toPhoto(upload)), fields);
      if (page) client.setQueryData(queryKey, { pages: [page], pageParams: [""] });
      onKept(toPhoto(upload));
    },
  });
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

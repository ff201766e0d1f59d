import { ArrowLeft, ArrowRight, ImagePlus, X } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/components/Button";

import { moved } from "../list/lists";
import styles from "./PhotoPicker.module.css";
import type { Picked } from "./picked";

interface Props {
  photos: readonly Picked[];
  onChange: (photos: readonly Picked[]) => void;
  onAdd: (files: readonly File[]) => void;
  /** Why the server did not take the photo at a place. */
  errorOf: (place: number) => string | undefined;
}

/** Photos for a product: dropped, pasted or picked, put in order by dragging or by keyboard. */
export function PhotoPicker({ photos, onChange, onAdd, errorOf }: Props) {
  const { t } = useTranslation();
  const input = useId();
  const [over, setOver] = useState(false);
  const [dragged, setDragged] = useState<number | null>(null);
  const [announced, setAnnounced] = useState("");
  usePasted(onAdd);
  const move = (from: number, to: number) => {
    onChange(moved(photos, from, to));
    setAnnounced(t("catalog.photoMoved", { place: to + 1 }));
  };
  return (
    <section className={styles.picker} aria-label={t("catalog.photos")}>
      <div className={styles.drop} data-over={over}>
        <label htmlFor={input} className={styles.ask}>
          <ImagePlus size={28} aria-hidden />
          <span className={styles.lead}>{t("catalog.dropPhotos")}</span>
          <span className={styles.soft}>{t("catalog.dropPhotosHint")}</span>
        </label>
        <input
          id={input}
          className={styles.input}
          type="file"
          accept="image/*"
          multiple
          // The input lies over the whole place, so the browser itself takes what is dropped.
          onDragEnter={() => setOver(true)}
          onDragLeave={() => setOver(false)}
          onDrop={() => setOver(false)}
          onChange={(event) => {
            onAdd([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      </div>
      {photos.length > 0 && (
        <ol className={styles.photos}>
          {photos.map((photo, place) => (
            // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the buttons within do the same
            <li
              key={photo.url}
              className={styles.photo}
              draggable
              data-dragged={dragged === place}
              data-invalid={errorOf(place) !== undefined}
              onDragStart={() => setDragged(place)}
              onDragEnd={() => setDragged(null)}
              onDragOver={(event) => {
                event.preventDefault();
                // What one drags takes the place one is over, so the order shows at once.
                if (dragged !== null && dragged !== place) {
                  onChange(moved(photos, dragged, place));
                  setDragged(place);
                }
              }}
            >
              <img src={photo.url} alt={t("catalog.photoNamed", { name: photo.file.name })} />
              <span className={styles.place}>{place === 0 ? t("catalog.first") : place + 1}</span>
              <span className={styles.tools}>
                <IconButton
                  label={t("catalog.earlierOf", { place: place + 1 })}
                  disabled={place === 0}
                  onClick={() => move(place, place - 1)}
                >
                  <ArrowLeft size={16} aria-hidden />
                </IconButton>
                <IconButton
                  label={t("catalog.laterOf", { place: place + 1 })}
                  disabled={place === photos.length - 1}
                  onClick={() => move(place, place + 1)}
                >
                  <ArrowRight size={16} aria-hidden />
                </IconButton>
                <IconButton
                  label={t("catalog.removeOf", { place: place + 1 })}
                  onClick={() => onChange(photos.filter((one) => one !== photo))}
                >
                  <X size={16} aria-hidden />
                </IconButton>
              </span>
              {errorOf(place) !== undefined && (
                <span className={styles.error} role="alert">
                  {errorOf(place)}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      <span className="hidden-text" role="status">
        {announced}
      </span>
    </section>
  );
}

function usePasted(onAdd: (files: readonly File[]) => void): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) onAdd(files);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [onAdd]);
}

import { ImagePlus } from "lucide-react";
import { useEffect, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import { PICTURES } from "@/api/photos";
import { DropZone } from "@/components/DropZone";

import { moved } from "../shared/order";
import { PhotoTile } from "./PhotoTile";
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
  const [announced, setAnnounced] = useState("");
  const { dragged, dragging } = useDragged(photos, onChange);
  usePasted(onAdd);
  const move = (from: number, to: number) => {
    onChange(moved(photos, from, to));
    setAnnounced(t("catalog.photoMoved", { place: to + 1 }));
  };
  return (
    <section className={styles.picker} aria-label={t("catalog.photos")}>
      <DropZone
        icon={<ImagePlus size={28} aria-hidden />}
        title={t("catalog.dropPhotos")}
        hint={t("catalog.dropPhotosHint")}
        accept={PICTURES}
        size="large"
        onFiles={onAdd}
      />
      {photos.length > 0 && (
        <ol className={styles.photos}>
          {photos.map((photo, place) => (
            <PhotoTile
              key={photo.url}
              photo={photo}
              place={place}
              isLast={place === photos.length - 1}
              isDragged={dragged === place}
              error={errorOf(place)}
              dragging={dragging(place)}
              onMove={(to) => move(place, to)}
              onRemove={() => onChange(photos.filter((one) => one !== photo))}
            />
          ))}
        </ol>
      )}
      <span className="hidden-text" role="status">
        {announced}
      </span>
    </section>
  );
}

/** Which photo is dragged, and what each has to do for that: the order shows at once. */
function useDragged(photos: readonly Picked[], onChange: Props["onChange"]) {
  const [dragged, setDragged] = useState<number | null>(null);
  const dragging = (place: number) => ({
    onDragStart: () => setDragged(place),
    onDragEnd: () => setDragged(null),
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      // What one drags takes the place one is over.
      if (dragged !== null && dragged !== place) {
        onChange(moved(photos, dragged, place));
        setDragged(place);
      }
    },
  });
  return { dragged, dragging };
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

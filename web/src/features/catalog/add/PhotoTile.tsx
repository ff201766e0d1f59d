import { ArrowLeft, ArrowRight, X } from "lucide-react";
import type { DragEvent } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/components/Button";

import styles from "./PhotoPicker.module.css";
import type { Picked } from "./picked";

interface Props {
  photo: Picked;
  place: number;
  isLast: boolean;
  isDragged: boolean;
  /** Why the server did not take it. */
  error: string | undefined;
  dragging: {
    onDragStart: () => void;
    onDragEnd: () => void;
    onDragOver: (event: DragEvent) => void;
  };
  onMove: (to: number) => void;
  onRemove: () => void;
}

/** One chosen photo, with its place and what moves or removes it. */
export function PhotoTile({ photo, place, isLast, isDragged, error, dragging, ...on }: Props) {
  const { t } = useTranslation();
  return (
    <li
      className={styles.photo}
      draggable
      data-dragged={isDragged}
      data-invalid={error !== undefined}
      {...dragging}
    >
      <img src={photo.url} alt={t("catalog.photoNamed", { name: photo.file.name })} />
      <span className={styles.place}>{place === 0 ? t("catalog.first") : place + 1}</span>
      <span className={styles.tools}>
        <IconButton
          label={t("catalog.earlierOf", { place: place + 1 })}
          disabled={place === 0}
          onClick={() => on.onMove(place - 1)}
        >
          <ArrowLeft size={16} aria-hidden />
        </IconButton>
        <IconButton
          label={t("catalog.laterOf", { place: place + 1 })}
          disabled={isLast}
          onClick={() => on.onMove(place + 1)}
        >
          <ArrowRight size={16} aria-hidden />
        </IconButton>
        <IconButton label={t("catalog.removeOf", { place: place + 1 })} onClick={on.onRemove}>
          <X size={16} aria-hidden />
        </IconButton>
      </span>
      {error !== undefined && (
        <span className={styles.error} role="alert">
          {error}
        </span>
      )}
    </li>
  );
}

import { Crop, RefreshCw, X } from "lucide-react";
import { useRef, useState, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/api/problem";
import type { Edges } from "@/components/BoxedPhoto";
import { Button, IconButton } from "@/components/Button";
import { FailureLine } from "@/components/Notice";

import styles from "./Panels.module.css";
import { BoxEditor } from "./BoxEditor";
import { middle, type Size } from "@/components/boxes";
import { Choices } from "./Choices";
import type { Change, SearchParams } from "../shared/params";
import { useItems } from "./useItems";
import type { SearchedPhoto } from "./useSearchedPhoto";
import { FileInput } from "./FileInput";
import { FittedPhoto } from "./FittedPhoto";

interface Props {
  params: SearchParams;
  photo: SearchedPhoto;
  onChange: (change: Change, replace?: boolean) => void;
  onRemove: () => void;
}

/** The photo that is searched with, the items on it, and which of them is meant. */
export default function PhotoPanel({ params, photo, onChange, onRemove }: Props) {
  const { t } = useTranslation();
  const { picked, isSending, error } = photo;
  const isNew = picked !== null && photo.isNew;
  const { found, shown, size, items, main, isLooking, chosen } = useItems(params, picked, isNew);
  const { isDrawing, isByKey, putBox, startBox } = useDrawing(params, size, onChange);
  return (
    <section
      className={styles.panel}
      aria-label={t("search.yourPhoto")}
      // Large while it is looked at and drawn on; a strip once there is something to choose from.
      data-strip={found !== undefined && !isDrawing}
    >
      <div className={styles.head}>
        <h2>{t("search.yourPhoto")}</h2>
        <IconButton
          label={t("search.draw")}
          className={styles.tool}
          aria-pressed={isDrawing}
          disabled={!found}
          onClick={startBox}
        >
          <Crop size={18} aria-hidden />
        </IconButton>
        <Replace onFiles={photo.takeFiles} />
        <IconButton label={t("search.removePhoto")} onClick={onRemove}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      <div className={styles.frame} data-busy={isSending}>
        {shown && (
          <FittedPhoto src={shown.url} size={size}>
            {found && size && (
              <BoxEditor
                {...{ size, items, chosen }}
                drawing={isDrawing}
                focusOwn={isByKey}
                onItem={(item) => onChange({ item, box: undefined, look: undefined })}
                onBox={putBox}
              />
            )}
          </FittedPhoto>
        )}
      </div>
      <Status {...{ isSending, isLooking, isDrawing }} items={found && items.length} />
      {error ? (
        <Failed error={error} again={photo.again} />
      ) : (
        <Choices
          photo={found && shown && size ? { url: shown.url, size } : null}
          items={items}
          chosen={chosen}
          isLook={params.look ?? false}
          main={main}
          onChange={onChange}
        />
      )}
    </section>
  );
}

interface StatusProps {
  isSending: boolean;
  isLooking: boolean;
  isDrawing: boolean;
  /** How many there are; undefined before that is known. */
  items: number | undefined;
}

function Status({ isSending, isLooking, isDrawing, items }: StatusProps) {
  const { t } = useTranslation();
  return (
    <p className={styles.status} role="status">
      {isSending && t("search.sending")}
      {isLooking && t("search.looking")}
      {items !== undefined &&
        (isDrawing ? t("search.drawNow") : t("search.items", { count: items }))}
    </p>
  );
}

/** Boxes of one's own: drawn by pointer, or put in the middle for those who have none. */
function useDrawing(params: SearchParams, size: Size | null, onChange: Props["onChange"]) {
  const [isDrawing, setDrawing] = useState(false);
  const [isByKey, setByKey] = useState(false);
  const putBox = (box: Edges) => {
    setDrawing(false);
    setByKey(document.activeElement?.getAttribute("aria-pressed") !== null);
    onChange({ box, item: undefined, look: undefined }, params.box !== undefined);
  };
  const startBox = (event: MouseEvent) => {
    // Without a pointer there is no dragging: the box is there at once, and keys put it right.
    const byKey = event.detail === 0;
    setByKey(byKey);
    if (byKey && size) onChange({ box: middle(size), item: undefined, look: undefined });
    else setDrawing(!isDrawing);
  };
  return { isDrawing, isByKey, putBox, startBox };
}

function Failed({ error, again }: { error: Error; again: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.failed}>
      <FailureLine error={new Error(reasonOf(error))} />
      {!isRefusal(error) && (
        <Button size="small" onClick={again}>
          {t("common.retry")}
        </Button>
      )}
    </div>
  );
}

function Replace({ onFiles }: { onFiles: (files: FileList) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={t("search.otherPhoto")} onClick={() => input.current?.click()}>
        <RefreshCw size={17} aria-hidden />
      </IconButton>
      <FileInput input={input} onFiles={onFiles} />
    </>
  );
}

/** What is wrong with the photo itself, without the name of the field it came in. */
function reasonOf(error: Error): string {
  const [reason] = error instanceof Problem ? Object.values(error.fields) : [];
  return reason ?? error.message;
}

/** Whether sending the same photo again would be refused again. */
function isRefusal(error: Error): boolean {
  return error instanceof Problem && error.status < 500;
}

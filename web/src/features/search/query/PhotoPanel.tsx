import { useQuery } from "@tanstack/react-query";
import { Crop, ImageOff, RefreshCw, X } from "lucide-react";
import { useRef, useState, type MouseEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { imageUrl } from "@/api/client";
import { Problem } from "@/api/problem";
import { BoxedPhoto, type Edges } from "@/components/BoxedPhoto";
import { Button, IconButton } from "@/components/Button";
import { FailureLine } from "@/components/Notice";

import styles from "./Asked.module.css";
import { BoxEditor } from "./BoxEditor";
import { middle, type Size } from "../shared/boxes";
import { Choices, chosenOf } from "./Choices";
import type { Change, SearchParams } from "../shared/params";
import type { Picked } from "./photo";
import { itemsQuery, type Item } from "../shared/queries";
import { FileInput } from "./SearchBar";

interface Props {
  params: SearchParams;
  picked: Picked | null;
  isSending: boolean;
  error: Error | null;
  again: () => void;
  onChange: (change: Change, replace?: boolean) => void;
  onFiles: (files: FileList) => void;
  onRemove: () => void;
}

/** The photo that is searched with, the items on it, and which of them is meant. */
export default function PhotoPanel(props: Props) {
  const { params, picked, isSending, error, again, onChange, onFiles, onRemove } = props;
  const { t } = useTranslation();
  const [isDrawing, setDrawing] = useState(false);
  const [isByKey, setByKey] = useState(false);
  // Until a new photo is there, nothing known of the one before is shown on it.
  const isNew = picked !== null && (isSending || error !== null);
  const looked = useQuery({
    ...itemsQuery(params.upload ?? ""),
    enabled: params.upload !== undefined && !isNew,
  });
  const found = isNew ? undefined : looked.data;
  const shown = isNew ? picked : photoOf(params.upload, picked);
  const size = found ?? shown?.size ?? null;
  const items = real(found?.items ?? []);
  const chosen = chosenOf(params, items, size);
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
  return (
    <section className={styles.panel} aria-label={t("search.yourPhoto")}>
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
        <Replace onFiles={onFiles} />
        <IconButton label={t("search.removePhoto")} onClick={onRemove}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      <div className={styles.frame} data-busy={isSending}>
        {shown && (
          <Fitted src={shown.url} size={size}>
            {found && size && (
              <BoxEditor
                size={size}
                items={items}
                chosen={chosen}
                drawing={isDrawing}
                focusOwn={isByKey}
                onItem={(item) => onChange({ item, box: undefined, look: undefined })}
                onBox={putBox}
              />
            )}
          </Fitted>
        )}
      </div>
      <p className={styles.status} role="status">
        {isSending && t("search.sending")}
        {!isNew && looked.isLoading && t("search.looking")}
        {found && (isDrawing ? t("search.drawNow") : t("search.items", { count: items.length }))}
      </p>
      {error ? (
        <div className={styles.failed}>
          <FailureLine error={new Error(reasonOf(error))} />
          {!isRefusal(error) && (
            <Button size="small" onClick={again}>
              {t("common.retry")}
            </Button>
          )}
        </div>
      ) : (
        <Choices
          photo={found && shown && size ? { url: shown.url, size } : null}
          items={items}
          chosen={chosen}
          isLook={params.look ?? false}
          onChange={onChange}
        />
      )}
    </section>
  );
}

function Replace({ onFiles }: Pick<Props, "onFiles">) {
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

interface FittedProps {
  src: string;
  size: Size | null;
  children: ReactNode;
}

/** A photo as large as it can be in its frame, whose own size never changes. */
function Fitted({ src, size, children }: FittedProps) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState("");
  if (broken === src) return <ImageOff size={32} aria-hidden className={styles.broken} />;
  if (!size) {
    return (
      <img
        src={src}
        alt={t("search.yourPhoto")}
        className={styles.unmeasured}
        onError={() => setBroken(src)}
      />
    );
  }
  const { width, height } = size;
  return (
    <div style={{ width: `min(100cqw, calc(100cqh * ${width / height}))` }}>
      <BoxedPhoto src={src} alt={t("search.yourPhoto")} width={width} height={height}>
        {children}
      </BoxedPhoto>
    </div>
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

function photoOf(
  upload: string | undefined,
  picked: Picked | null,
): { url: string; size: Size | null } | null {
  if (upload === undefined) return null;
  return picked?.upload === upload ? picked : { url: imageUrl(upload), size: null };
}

/** The items that are things; a photo without any has the whole of it as its only item. */
function real(items: readonly Item[]): readonly Item[] {
  return items.filter((item) => item.kind !== "whole");
}

import { useQuery } from "@tanstack/react-query";
import { Crop, Layers, RefreshCw, X } from "lucide-react";
import { useRef, useState, type MouseEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { imageUrl } from "@/api/client";
import { BoxedPhoto, type Edges } from "@/components/BoxedPhoto";
import { Button, IconButton } from "@/components/Button";
import { CropView } from "@/components/CropView";
import { FailureLine } from "@/components/Notice";

import { BoxEditor } from "./BoxEditor";
import { middle, rounded, type Size } from "./boxes";
import styles from "./Asked.module.css";
import type { Change, SearchParams } from "./params";
import type { Picked } from "./photo";
import { itemsQuery, type Item } from "./queries";
import { FileInput } from "./SearchBar";
import { readable } from "./words";

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
export function PhotoPanel(props: Props) {
  const { params, picked, isSending, error, again, onFiles, onRemove } = props;
  const { t } = useTranslation();
  const replacing = useRef<HTMLInputElement>(null);
  // Until a new photo is there, nothing known of the one before is shown on it.
  const isNew = picked !== null && (isSending || error !== null);
  const looked = useQuery({
    ...itemsQuery(params.upload ?? ""),
    enabled: params.upload !== undefined && !isNew,
  });
  const found = isNew ? undefined : looked.data;
  const shown = isNew ? picked : photoOf(params.upload, picked);
  const size = found ?? shown?.size ?? null;
  return (
    <section className={styles.panel} aria-label={t("search.yourPhoto")}>
      <div className={styles.head}>
        <h2>{t("search.yourPhoto")}</h2>
        <IconButton
          label={t("search.otherPhoto")}
          onClick={() => {
            replacing.current?.click();
          }}
        >
          <RefreshCw size={17} aria-hidden />
        </IconButton>
        <FileInput input={replacing} onFiles={onFiles} />
        <IconButton label={t("search.removePhoto")} onClick={onRemove}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      <Photo {...props} shown={shown} size={size} items={found?.items ?? []} />
      <p className={styles.status} role="status">
        {isSending && t("search.sending")}
        {!isNew && looked.isLoading && t("search.looking")}
        {found && t("search.items", { count: real(found.items).length })}
      </p>
      {error && (
        <div className={styles.failed}>
          <FailureLine error={error} />
          <Button size="small" onClick={again}>
            {t("common.retry")}
          </Button>
        </div>
      )}
    </section>
  );
}

interface PhotoProps extends Props {
  shown: { url: string; size: Size | null } | null;
  size: Size | null;
  items: readonly Item[];
}

function Photo({ params, isSending, onChange, shown, size, items: all }: PhotoProps) {
  const { t } = useTranslation();
  const [drawing, setDrawing] = useState(false);
  const [byKey, setByKey] = useState(false);
  const items = real(all);
  const choice = chosenOf(params, items, size);
  const own = (box: Edges) => {
    setDrawing(false);
    setByKey(document.activeElement?.getAttribute("aria-pressed") !== null);
    onChange({ box, item: undefined, look: undefined }, params.box !== undefined);
  };
  const startBox = (event: MouseEvent) => {
    // Without a pointer there is no dragging: the box is there at once, and keys put it right.
    if (event.detail > 0 || size === null) {
      setDrawing(!drawing);
      return;
    }
    setByKey(true);
    onChange({ box: middle(size), item: undefined, look: undefined });
  };
  return (
    <>
      <div className={styles.frame} data-busy={isSending}>
        {shown && (
          <Fitted size={size}>
            {size ? (
              <BoxedPhoto src={shown.url} alt={t("search.yourPhoto")} {...size}>
                {!isSending && all.length > 0 && (
                  <BoxEditor
                    size={size}
                    items={items}
                    chosen={choice}
                    drawing={drawing}
                    focusOwn={byKey}
                    onItem={(item) => onChange({ item, box: undefined, look: undefined })}
                    onBox={own}
                  />
                )}
              </BoxedPhoto>
            ) : (
              <img src={shown.url} alt={t("search.yourPhoto")} className={styles.unmeasured} />
            )}
          </Fitted>
        )}
      </div>
      <div className={styles.choices} role="group" aria-label={t("search.whatToSearch")}>
        {size && all.length > 0 && (
          <>
            <Choice
              on={!params.look && choice.item === undefined && choice.box === undefined}
              onClick={() =>
                onChange({ item: undefined, look: undefined, box: wholeBox(items, size) })
              }
            >
              {t("search.whole")}
            </Choice>
            {items.map((item) => (
              <Choice
                key={item.item}
                on={choice.item === item.item}
                onClick={() => onChange({ item: item.item, box: undefined, look: undefined })}
              >
                {shown && (
                  <CropView src={shown.url} alt="" size={size} box={item.box} height={28} />
                )}
                {readable(item.kind)}
              </Choice>
            ))}
            {items.length > 1 && (
              <Choice on={params.look ?? false} onClick={() => onChange({ look: true })}>
                <Layers size={16} aria-hidden />
                {t("search.look")}
              </Choice>
            )}
            <Choice on={drawing} onClick={startBox}>
              <Crop size={16} aria-hidden />
              {drawing ? t("search.drawNow") : t("search.draw")}
            </Choice>
          </>
        )}
      </div>
    </>
  );
}

interface ChoiceProps {
  on: boolean;
  onClick: (event: MouseEvent) => void;
  children: ReactNode;
}

function Choice({ on, onClick, children }: ChoiceProps) {
  return (
    <button type="button" className={styles.choice} aria-pressed={on} onClick={onClick}>
      {children}
    </button>
  );
}

/** As large as it can be in its frame, whose own size never changes. */
export function Fitted({ size, children }: { size: Size | null; children: ReactNode }) {
  const ratio = size ? size.width / size.height : 3 / 4;
  return (
    <div className={styles.fitted} style={{ width: `min(100cqw, calc(100cqh * ${ratio}))` }}>
      {children}
    </div>
  );
}

function photoOf(upload: string | undefined, picked: Picked | null) {
  if (upload === undefined) return null;
  return picked?.upload === upload ? picked : { url: imageUrl(upload), size: null };
}

/** The items that are things; a photo without any has the whole of it as its only item. */
function real(items: readonly Item[]): readonly Item[] {
  return items.filter((item) => item.kind !== "whole");
}

/** What the server searches for these params: the only item of a photo needs no choosing. */
function chosenOf(params: SearchParams, items: readonly Item[], size: Size | null) {
  if (params.look) return {};
  if (params.box) return isWhole(params.box, size) ? {} : { box: params.box };
  return { item: params.item ?? (items.length === 1 ? items[0]?.item : undefined) };
}

/** With one item the server takes that unless told to look at everything. */
function wholeBox(items: readonly Item[], size: Size): Edges | undefined {
  return items.length === 1 ? rounded([0, 0, size.width, size.height]) : undefined;
}

function isWhole([x1, y1, x2, y2]: Edges, size: Size | null): boolean {
  return size !== null && x1 <= 0 && y1 <= 0 && x2 >= size.width && y2 >= size.height;
}

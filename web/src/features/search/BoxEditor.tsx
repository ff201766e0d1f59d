import { useId, useRef, useState, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";

import { placed, type Edges } from "@/components/BoxedPhoto";

import styles from "./BoxEditor.module.css";
import { area, rounded, spanned, type Point, type Size } from "./boxes";
import { EditedBox, pointOf } from "./EditedBox";
import type { Item } from "./queries";
import { readable } from "./words";

interface Props {
  size: Size;
  items: readonly Item[];
  /** What is searched: an item, or a box of one's own. */
  chosen: { item?: number | undefined; box?: Edges | undefined };
  onItem: (item: number) => void;
  onBox: (box: Edges) => void;
  /** Whether the next drag draws a box, wherever it starts. A mouse may draw any time. */
  drawing: boolean;
  /** Whether a box of one's own is focused as soon as it is there: it was made by keyboard. */
  focusOwn: boolean;
}

/** The boxes on a photo: tap one to choose it, drag it, pull its corners, or draw a new one. */
export function BoxEditor(props: Props) {
  const { size, items, chosen, onItem, onBox, drawing, focusOwn } = props;
  const { t } = useTranslation();
  const ground = useRef<HTMLDivElement>(null);
  const hint = useId();
  const [drawn, setDrawn] = useState<{ from: Point; box: Edges | null } | null>(null);
  const at = (event: PointerEvent) => pointOf(event, ground, size);
  const begin = (event: PointerEvent) => {
    if (!event.isPrimary || event.button !== 0) return;
    if (event.target !== event.currentTarget && !drawing) return;
    if (event.pointerType !== "mouse" && !drawing) return; // a finger scrolls the page
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrawn({ from: at(event), box: null });
  };
  const draw = (event: PointerEvent) => {
    if (drawn) setDrawn({ ...drawn, box: spanned(drawn.from, at(event), size) });
  };
  const end = () => {
    setDrawn(null);
    if (drawn?.box) onBox(rounded(drawn.box));
  };
  // Smaller boxes lie above larger ones, so that each can be tapped.
  const areas = [...items.map((item) => item.box), ...(chosen.box ? [chosen.box] : [])].map(area);
  const layer = (box: Edges) => areas.filter((other) => other > area(box)).length + 1;
  return (
    <div
      ref={ground}
      className={styles.ground}
      data-drawing={drawing}
      onPointerDown={begin}
      onPointerMove={draw}
      onPointerUp={end}
      onPointerCancel={() => setDrawn(null)}
    >
      <p id={hint} className="hidden-text">
        {t("search.boxKeys")}
      </p>
      {items.map((item) => (
        <EditedBox
          key={item.item}
          label={t("search.itemBox", { number: item.item, kind: readable(item.kind) })}
          hint={hint}
          box={item.box}
          size={size}
          layer={layer(item.box)}
          chosen={chosen.item === item.item}
          quiet={drawing || chosen.box !== undefined}
          onChoose={() => onItem(item.item)}
          onBox={onBox}
          ground={ground}
        />
      ))}
      {chosen.box && (
        <EditedBox
          label={t("search.ownBox")}
          hint={hint}
          box={chosen.box}
          size={size}
          layer={layer(chosen.box)}
          chosen
          quiet={drawing}
          focus={focusOwn}
          onBox={onBox}
          ground={ground}
        />
      )}
      {drawn?.box && <div className={styles.drawn} style={placed(drawn.box, size)} />}
    </div>
  );
}

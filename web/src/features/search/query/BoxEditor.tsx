import { useId, useRef } from "react";
import { useTranslation } from "react-i18next";

import { placed, type Edges } from "@/components/BoxedPhoto";
import { readable } from "@/texts/words";

import styles from "./BoxEditor.module.css";
import { area, type Size } from "../shared/boxes";
import type { Chosen } from "./Choices";
import { EditedBox } from "./EditedBox";
import { useOwnBox } from "./useOwnBox";
import type { Item } from "../shared/queries";

interface Props {
  size: Size;
  items: readonly Item[];
  chosen: Chosen;
  onItem: (item: number) => void;
  onBox: (box: Edges) => void;
  /** Whether the next drag draws a box, wherever it starts. */
  drawing: boolean;
  /** Whether a box of one's own is focused as soon as it is there: it was made by keyboard. */
  focusOwn: boolean;
}

/** The boxes on a photo: tap one to choose it, drag it, pull its corners, or draw a new one. */
export function BoxEditor({ size, items, chosen, onItem, onBox, drawing, focusOwn }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const hint = useId();
  const base = chosen.box ?? items.find((item) => item.item === chosen.item)?.box;
  const { shown, drawn, handlers, press } = useOwnBox({
    element,
    size,
    items,
    base,
    drawing,
    onBox,
  });
  const layer = layersOf(items, chosen);
  return (
    <div ref={element} className={styles.ground} data-drawing={drawing} {...handlers}>
      <p id={hint} className="hidden-text">
        {t("search.boxKeys")}
      </p>
      {items.map((item) => {
        const isChosen = chosen.item === item.item;
        return (
          <EditedBox
            key={item.item}
            item={item.item}
            label={t("search.itemBox", { number: item.item, kind: readable(item.kind) })}
            hint={hint}
            box={isChosen && shown ? shown : item.box}
            size={size}
            layer={layer(item.box)}
            chosen={isChosen}
            quiet={drawing || chosen.box !== undefined}
            onChoose={() => onItem(item.item)}
            {...(isChosen && { onKeyDown: press })}
          />
        );
      })}
      {chosen.box && (
        <EditedBox
          label={t("search.ownBox")}
          hint={hint}
          box={shown ?? chosen.box}
          size={size}
          layer={layer(chosen.box)}
          chosen
          quiet={drawing}
          focus={focusOwn}
          onKeyDown={press}
        />
      )}
      {drawn && <div className={styles.drawn} style={placed(drawn, size)} />}
    </div>
  );
}

/** How high each box lies: smaller ones above larger ones, so that each can be tapped. */
function layersOf(items: readonly Item[], chosen: Chosen): (box: Edges) => number {
  const areas = [...items.map((item) => item.box), ...(chosen.box ? [chosen.box] : [])].map(area);
  return (box) => areas.filter((other) => other > area(box)).length + 1;
}

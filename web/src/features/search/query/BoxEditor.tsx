import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { placed, type Edges } from "@/components/BoxedPhoto";

import styles from "./BoxEditor.module.css";
import { area, keyed, rounded, type Size } from "../shared/boxes";
import type { Chosen } from "./Choices";
import { useBoxDrag } from "./drag";
import { EditedBox } from "./EditedBox";
import type { Item } from "../shared/queries";
import { readable } from "../shared/words";

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

/** Where the chosen box was put, shown until the address says so too. */
interface Put {
  /** The box as it was before. */
  base: Edges;
  box: Edges;
  /** More keys may follow. */
  isTyped: boolean;
}

/** How long after the last arrow key a box counts as put. */
const SETTLED = 450;

/** The boxes on a photo: tap one to choose it, drag it, pull its corners, or draw a new one. */
export function BoxEditor(props: Props) {
  const { size, items, chosen, onItem, onBox, drawing, focusOwn } = props;
  const { t } = useTranslation();
  const ground = useRef<HTMLDivElement>(null);
  const hint = useId();
  const base = chosen.box ?? items.find((item) => item.item === chosen.item)?.box;
  const [put, setPut] = useState<Put | null>(null);
  if (put && put.base !== base) setPut(null);
  const current = put?.box ?? base;

  const drag = useBoxDrag({
    element: ground,
    size,
    chosen: current,
    drawing,
    boxAt: (pressed) =>
      items.find((item) => String(item.item) === pressed.getAttribute("data-item"))?.box,
    onBox: (box) => {
      if (base && drag.isChosen) setPut({ base, box, isTyped: false });
      onBox(rounded(box));
    },
  });
  useEffect(() => {
    if (!put?.isTyped) return;
    const timer = setTimeout(() => {
      setPut({ ...put, isTyped: false });
      onBox(rounded(put.box));
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [put, onBox]);
  const press = (event: KeyboardEvent) => {
    const next = current && keyed(current, event.key, event.shiftKey, size);
    if (!base || !next) return;
    event.preventDefault();
    setPut({ base, box: next, isTyped: true });
  };

  const shown = (drag.isChosen ? drag.box : null) ?? current;
  // Smaller boxes lie above larger ones, so that each can be tapped.
  const areas = [...items.map((item) => item.box), ...(chosen.box ? [chosen.box] : [])].map(area);
  const layer = (box: Edges) => areas.filter((other) => other > area(box)).length + 1;
  return (
    <div ref={ground} className={styles.ground} data-drawing={drawing} {...drag.handlers}>
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
      {drag.box && !drag.isChosen && (
        <div className={styles.drawn} style={placed(drag.box, size)} />
      )}
    </div>
  );
}

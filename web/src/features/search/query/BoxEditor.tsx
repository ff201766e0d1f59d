import { useId, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Edges } from "@/components/BoxedPhoto";
import { layers, type Size } from "@/components/boxes";
import { BoxGround } from "@/components/BoxGround";
import { EditedBox } from "@/components/EditedBox";
import { useEditedBox } from "@/components/editedBox";
import { kindName } from "@/components/kindWords";

import styles from "./BoxEditor.module.css";
import type { Chosen } from "./Choices";
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

/** How long after the last arrow key a box counts as put. */
const SETTLED = 450;
const OWN = "own";

/** The boxes on a photo: tap one to choose it, drag it, pull its corners, or draw a new one. */
export function BoxEditor({ size, items, chosen, onItem, onBox, drawing, focusOwn }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const hint = useId();
  const boxOf = (name: string) => items.find((item) => String(item.item) === name)?.box;
  const name = chosen.box ? OWN : String(chosen.item);
  const base = chosen.box ?? boxOf(name);
  const { shown, drawn, handlers, press } = useEditedBox({
    ...{ element, size, boxOf, drawing, onBox },
    chosen: base && { key: name, box: base },
    settled: SETTLED,
  });
  const layer = layers([...items.map(({ box }) => box), ...(chosen.box ? [chosen.box] : [])]);
  return (
    <BoxGround {...{ element, size, drawing, drawn, handlers }}>
      <p id={hint} className="hidden-text">
        {t("search.boxKeys")}
      </p>
      {items.map((item) => {
        const isChosen = chosen.item === item.item;
        return (
          <EditedBox
            key={item.item}
            name={String(item.item)}
            label={t("search.itemBox", { number: item.item, kind: kindName(t, item.kind) })}
            hint={hint}
            box={isChosen && shown ? shown : item.box}
            size={size}
            layer={layer(item.box)}
            chosen={isChosen}
            className={isChosen ? undefined : styles.dot}
            quiet={drawing || chosen.box !== undefined}
            onChoose={() => onItem(item.item)}
            {...(isChosen && { onKeyDown: press })}
          />
        );
      })}
      {chosen.box && (
        <EditedBox
          name={OWN}
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
    </BoxGround>
  );
}

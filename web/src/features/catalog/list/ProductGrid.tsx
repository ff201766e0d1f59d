import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Product } from "@/api/types";
import { useMeasured } from "@/components/measured";

import { Card } from "../shared/Card";
import { columnsOf, GAP, arrow } from "@/components/grid";
import styles from "./ProductGrid.module.css";
import { deletionNote } from "./trash";
import { isReaching, type ViewProps } from "./view";

/** Title, note and the gap below a photo. */
const BELOW = 76;

/** Products as pictures; only the rows in sight exist. */
export function ProductGrid(props: ViewProps) {
  const { products, chosen, editable, onMore, onToggle, trash } = props;
  const { element, width, top } = useMeasured();
  const { columns, side } = columnsOf(width);
  const rows = Math.ceil(products.length / columns);
  const height = Math.round(side * 1.25) + BELOW;
  const virtual = useWindowVirtualizer({
    count: width > 0 ? rows : 0,
    estimateSize: () => height,
    overscan: 3,
    scrollMargin: top,
    useFlushSync: false, // rows may come a frame late; a scroll event must not wait for them
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows > 0 && last >= rows - 4) onMore();
  });
  const walk = (event: KeyboardEvent) => {
    const from = placeOf(event.target);
    const to = from === null ? null : arrow(event.key, from, columns, products.length);
    if (to === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const which = event.target instanceof HTMLInputElement ? "input" : "a";
    virtual.scrollToIndex(Math.floor(to / columns), { align: "auto" });
    requestAnimationFrame(() =>
      element.current?.querySelector<HTMLElement>(`[data-place="${to}"] ${which}`)?.focus(),
    );
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- arrows walk the links within
    <div ref={element} className={styles.grid} onKeyDown={walk}>
      <ul style={{ height: virtual.getTotalSize() }} className={styles.rows}>
        {items.flatMap((row) =>
          products
            .slice(row.index * columns, (row.index + 1) * columns)
            .map((product, column) => (
              <Cell
                key={product.id}
                product={product}
                place={row.index * columns + column}
                of={products.length}
                side={side}
                left={column * (side + GAP)}
                top={row.start - top}
                eager={row.index < 2}
                trash={trash}
                editable={editable}
                chosen={chosen.ids.has(product.id)}
                onToggle={onToggle}
              />
            )),
        )}
      </ul>
    </div>
  );
}

interface CellProps extends Pick<ViewProps, "trash" | "editable" | "onToggle"> {
  product: Product;
  place: number;
  of: number;
  side: number;
  left: number;
  top: number;
  eager: boolean;
  chosen: boolean;
}

// While one scrolls only the cells that come into sight are drawn.
const Cell = memo(function Cell({ product, place, side, chosen, ...props }: CellProps) {
  const { t } = useTranslation();
  return (
    <li
      className={styles.cell}
      data-place={place}
      data-chosen={chosen}
      aria-setsize={props.of}
      aria-posinset={place + 1}
      style={{ width: side, transform: `translate(${props.left}px, ${props.top}px)` }}
    >
      <Card
        product={product}
        sizes={`${Math.round(side)}px`}
        eager={props.eager}
        list="catalogue"
        note={props.trash ? deletionNote(t, product) : undefined}
        corner={
          props.editable && (
            <label className={styles.check}>
              <input
                type="checkbox"
                checked={chosen}
                aria-label={t("catalog.select", { title: product.title })}
                onChange={(event) => props.onToggle(product.id, isReaching(event.nativeEvent))}
              />
            </label>
          )
        }
      />
    </li>
  );
});

function placeOf(target: EventTarget): number | null {
  const cell = target instanceof Element ? target.closest("[data-place]") : null;
  return cell === null ? null : Number(cell.getAttribute("data-place"));
}

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { Link } from "@tanstack/react-router";
import { memo, useEffect } from "react";
import { useTranslation } from "react-i18next";

import type { Product } from "@/api/types";
import { useMeasured } from "@/components/measured";
import { dateTime, price } from "@/texts/format";

import { Photo } from "../shared/Card";
import styles from "./ProductTable.module.css";
import { isReaching, type ViewProps } from "./view";
import { usePartName } from "../shared/words";

const ROW = 64;

/** Products as a table; only the rows in sight exist. */
export function ProductTable(props: ViewProps) {
  const { products, chosen, editable, trash, onMore, onToggle } = props;
  const { element, top } = useMeasured();
  const virtual = useWindowVirtualizer({
    count: products.length,
    estimateSize: () => ROW,
    overscan: 8,
    scrollMargin: top,
    useFlushSync: false, // rows may come a frame late; a scroll event must not wait for them
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= products.length - 10) onMore();
  });
  const before = (items[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <div ref={element} className={styles.frame}>
      <table className={styles.table} aria-rowcount={products.length + 1}>
        <Head {...props} />
        <tbody>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {items.map((item) => {
            const product = products[item.index];
            if (product === undefined) return null;
            return (
              <Row
                key={product.id}
                product={product}
                place={item.index}
                trash={trash}
                editable={editable}
                chosen={chosen.ids.has(product.id)}
                onToggle={onToggle}
              />
            );
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}

function Head({ products, chosen, editable, trash, onAll }: ViewProps) {
  const { t } = useTranslation();
  const partName = usePartName();
  const all = products.every(({ id }) => chosen.ids.has(id));
  return (
    <thead>
      <tr>
        {editable && (
          <th className={styles.check}>
            <label>
              <input
                type="checkbox"
                checked={all}
                ref={(box) => {
                  if (box) box.indeterminate = !all && chosen.ids.size > 0;
                }}
                aria-label={t("catalog.selectAll")}
                onChange={() => onAll(!all)}
              />
            </label>
          </th>
        )}
        <th scope="col">{partName("title")}</th>
        {(["category", "colour", "brand"] as const).map((field) => (
          <th key={field} scope="col" data-wide>
            {partName(field)}
          </th>
        ))}
        <th scope="col" className={styles.number}>
          {partName("price")}
        </th>
        <th scope="col" data-wide className={styles.number}>
          {t("catalog.photos")}
        </th>
        <th scope="col" data-middle>
          {trash ? t("catalog.retention") : t("catalog.updatedAt")}
        </th>
      </tr>
    </thead>
  );
}

interface RowProps extends Pick<ViewProps, "trash" | "editable" | "onToggle"> {
  product: Product;
  place: number;
  chosen: boolean;
}

// While one scrolls only the rows that come into sight are drawn.
const Row = memo(function Row({ product, place, trash, editable, chosen, onToggle }: RowProps) {
  const { t } = useTranslation();
  return (
    <tr aria-rowindex={place + 2} data-chosen={chosen} className={styles.row}>
      {editable && (
        <td className={styles.check}>
          <label>
            <input
              type="checkbox"
              checked={chosen}
              aria-label={t("catalog.select", { title: product.title })}
              onChange={(event) => onToggle(product.id, isReaching(event.nativeEvent))}
            />
          </label>
        </td>
      )}
      <Cells product={product} trash={trash} />
    </tr>
  );
});

function Cells({ product, trash }: { product: Product; trash: boolean }) {
  const gone = product.purge_at ?? product.deleted_at;
  const date = trash ? gone : product.updated_at;
  return (
    <>
      <th scope="row">
        <Link to="/products/$productId" params={{ productId: product.id }} className={styles.name}>
          <span className={styles.photo}>
            <Photo product={product} sizes="44px" />
          </span>
          <span className={styles.text}>
            <span>{product.title}</span>
            <span className={styles.soft}>{product.external_id}</span>
          </span>
        </Link>
      </th>
      <td data-wide>{product.category}</td>
      <td data-wide>{product.colour}</td>
      <td data-wide>{product.brand}</td>
      <td className={styles.number}>
        {product.price !== null && price(product.price, product.currency)}
      </td>
      <td data-wide className={styles.number}>
        {product.images.length}
      </td>
      <td data-middle className={styles.soft}>
        {date !== null && dateTime(date)}
      </td>
    </>
  );
}

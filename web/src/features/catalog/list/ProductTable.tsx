import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useMeasured } from "@/components/measured";
import { usePartName } from "../shared/words";

import { useColumnName, useColumns, WIDTHS } from "./columns";
import { isDown, SORTS, sortedBy, type Column, type SortName } from "./params";
import styles from "./ProductTable.module.css";
import { TableRow } from "./TableRow";
import type { TableProps } from "./view";

const ROW = 64;
/** Rows of a phone have two lines more. */
const NARROW_ROW = 92;
const NARROW = 600;
const TITLE = 220;
const CHECK = 48;

/** Products as a table; only the rows in sight exist. A phone has one column that tells it all. */
export function ProductTable(props: TableProps) {
  const { params, products, chosen, editable, trash, onMore, onToggle } = props;
  const { element, width, top } = useMeasured();
  const narrow = width > 0 && width < NARROW;
  const wanted = useColumns(params);
  const columns = narrow ? [] : wanted;
  const least = columns.reduce((sum, each) => sum + WIDTHS[each], TITLE + (editable ? CHECK : 0));
  const high = narrow ? NARROW_ROW : ROW;
  const virtual = useWindowVirtualizer({
    count: products.length,
    estimateSize: () => high,
    overscan: 8,
    scrollMargin: top,
    useFlushSync: false, // rows may come a frame late; a scroll event must not wait for them
  });
  useEffect(() => virtual.measure(), [virtual, high]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= products.length - 10) onMore();
  });
  const before = (items[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <div ref={element} className={styles.frame} data-narrow={narrow} data-over={least > width}>
      <table
        className={styles.table}
        style={{ minWidth: narrow ? 0 : least }}
        aria-rowcount={products.length + 1}
      >
        <Head {...props} columns={columns} />
        <tbody>
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {items.map((item) => {
            const product = products[item.index];
            if (product === undefined) return null;
            return (
              <TableRow
                key={product.id}
                product={product}
                columns={columns.join()}
                place={item.index}
                narrow={narrow}
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

function Head(props: TableProps & { columns: readonly Column[] }) {
  const { products, chosen, editable, columns, trash, onAll } = props;
  const { t } = useTranslation();
  const partName = usePartName();
  const columnName = useColumnName();
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
        <HeadCell {...props} by="title" name={partName("title")} />
        {columns.map((each) => (
          <HeadCell
            key={each}
            {...props}
            by={SORTS.find((one) => one === each)}
            name={trash && each === "changed" ? t("catalog.retention") : columnName(each)}
            width={WIDTHS[each]}
          />
        ))}
      </tr>
    </thead>
  );
}

interface HeadCellProps extends Pick<TableProps, "params" | "onChange" | "trash"> {
  /** What the column sorts by, if it does. */
  by: SortName | undefined;
  name: string;
  width?: number;
}

function HeadCell({ params, onChange, trash, by, name, width }: HeadCellProps) {
  const isOn = by !== undefined && by === (params.sort ?? "created");
  const down = isDown(params);
  const Arrow = down ? ArrowDown : ArrowUp;
  // The date in the trash is another one.
  const sorts = by !== undefined && !(trash && by === "changed");
  return (
    <th
      scope="col"
      style={{ width }}
      data-number={by === "price" || by === "photos"}
      {...(isOn && { "aria-sort": down ? "descending" : "ascending" })}
    >
      {sorts ? (
        <button
          type="button"
          className={styles.sort}
          onClick={() => onChange(sortedBy(params, by), true)}
        >
          {name}
          {isOn && <Arrow size={14} aria-hidden />}
        </button>
      ) : (
        name
      )}
    </th>
  );
}

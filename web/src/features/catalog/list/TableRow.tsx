import { Link } from "@tanstack/react-router";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { ListedProduct } from "@/api/types";
import { Badge, type Tone } from "@/components/Badge";
import { dateTime, price } from "@/texts/format";

import { Photo } from "../shared/Card";
import { statusName } from "../shared/words";
import { COLUMNS, type Column } from "./params";
import styles from "./ProductTable.module.css";
import { Sureness } from "./Sureness";
import { isReaching, type ViewProps } from "./view";

interface Props extends Pick<ViewProps, "trash" | "editable" | "onToggle"> {
  product: ListedProduct;
  /** Their names between commas: one text, so that rows are drawn again only when it changes. */
  columns: string;
  place: number;
  narrow: boolean;
  chosen: boolean;
}

const TONES: Readonly<Record<ListedProduct["status"], Tone>> = {
  active: "success",
  draft: "warning",
  archived: "plain",
  private: "plain",
};

/** One product of the table; while one scrolls only the rows that come into sight are drawn. */
export const TableRow = memo(function TableRow(props: Props) {
  const { product, columns, place, narrow, trash, editable, chosen, onToggle } = props;
  const { t } = useTranslation();
  const shown = columns.split(",");
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
      <th scope="row">
        <Title product={product} narrow={narrow} numbered={!shown.includes("external_id")} />
      </th>
      {COLUMNS.filter((each) => shown.includes(each)).map((each) => (
        <td key={each} data-number={each === "price" || each === "photos"}>
          <Cell product={product} column={each} trash={trash} />
        </td>
      ))}
    </tr>
  );
});

interface TitleProps {
  product: ListedProduct;
  narrow: boolean;
  /** Whether the article number stands here, too. */
  numbered: boolean;
}

function Title({ product, narrow, numbered }: TitleProps) {
  const { t } = useTranslation();
  const { failure } = product;
  const reason = failure && t("catalog.indexFailed", { reason: failure.error_message ?? "" });
  return (
    <div className={styles.title}>
      <Link
        to="/products/$productId"
        params={{ productId: product.id }}
        state={{ list: "catalogue" }}
        className={styles.name}
      >
        <span className={styles.photo}>
          <Photo product={product} sizes="44px" />
        </span>
        <span className={styles.text}>
          <span>{product.title}</span>
          {(numbered || narrow) && <span className={styles.soft}>{told(product, narrow)}</span>}
          {narrow && (
            <span className={styles.soft}>
              <Cell product={product} column="price" trash={false} />{" "}
              <Badge tone={TONES[product.status]}>{statusName(t, product.status)}</Badge>
            </span>
          )}
        </span>
      </Link>
      {failure && reason && (
        <Link
          to="/jobs/$jobId"
          params={{ jobId: failure.id }}
          className={styles.failed}
          title={reason}
        >
          {reason}
        </Link>
      )}
    </div>
  );
}

function told({ external_id, brand }: ListedProduct, narrow: boolean): string {
  return narrow && brand ? `${external_id} · ${brand}` : external_id;
}

interface CellProps {
  product: ListedProduct;
  column: Column;
  trash: boolean;
}

function Cell({ product, column, trash }: CellProps): ReactNode {
  const { t } = useTranslation();
  switch (column) {
    case "price":
      return product.price !== null && price(product.price, product.currency);
    case "status":
      return <Badge tone={TONES[product.status]}>{statusName(t, product.status)}</Badge>;
    case "photos":
      return product.images.length;
    case "sureness":
      return <Sureness product={product} />;
    case "created":
      return <Moment at={product.created_at} />;
    case "changed":
      return <Moment at={trash ? (product.purge_at ?? product.deleted_at) : product.updated_at} />;
    default:
      return product[column];
  }
}

function Moment({ at }: { at: string | null }) {
  return at !== null && <span className={styles.soft}>{dateTime(at)}</span>;
}

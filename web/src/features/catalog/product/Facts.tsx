import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Product } from "@/api/types";
import { useFields } from "@/components/fields";
import { dateTime, price } from "@/texts/format";

import styles from "./Facts.module.css";
import { textOf } from "../shared/validate";
import { statusName, usePartName } from "../shared/words";

const SHOWN: readonly string[] = ["text", "address"];

/** What a product says of itself, and what was read off its photos. */
export function Facts({ product }: { product: Product }) {
  const { t } = useTranslation();
  const partName = usePartName();
  const { fields } = useFields();
  const attributes = Object.entries(product.attributes);
  // The title stands above, and description and price in their own way.
  const facts = fields.filter(({ name, kind }) => SHOWN.includes(kind) && name !== "title");
  return (
    <section className={styles.facts} aria-label={t("catalog.facts")}>
      {product.price !== null && (
        <p className={styles.price}>{price(product.price, product.currency)}</p>
      )}
      <dl className={styles.list}>
        {facts.map(({ name, kind }) => {
          const value = textOf(product, name);
          const plain = name === "status" ? statusName(t, value) : value;
          const shown = kind === "address" ? <Outward address={value} /> : plain;
          return value && <Fact key={name} name={partName(name)} value={shown} />;
        })}
        {attributes.map(([name, value]) => (
          <Fact key={`attributes.${name}`} name={name} value={shown(value, t)} />
        ))}
        <Fact name={t("catalog.createdAt")} value={dateTime(product.created_at)} />
        <Fact name={t("catalog.updatedAt")} value={dateTime(product.updated_at)} />
      </dl>
      {product.description && <p className={styles.description}>{product.description}</p>}
    </section>
  );
}

function Outward({ address }: { address: string }) {
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {address}
    </a>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function shown(value: unknown, t: TFunction): string {
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "boolean") return value ? t("common.yes") : t("common.no");
  return String(value);
}

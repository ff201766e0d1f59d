import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import type { Product } from "@/api/types";
import { dateTime, price } from "@/texts/format";

import styles from "./Facts.module.css";
import { fieldName } from "../shared/words";

/** What a product says of itself, and what was read off its photos. */
export function Facts({ product }: { product: Product }) {
  const { t } = useTranslation();
  const attributes = Object.entries(product.attributes);
  const facts = [
    ["external_id", product.external_id],
    ["category", product.category],
    ["colour", product.colour],
    ["brand", product.brand],
    ["gender", product.gender],
  ] as const;
  return (
    <section className={styles.facts} aria-label={t("catalog.facts")}>
      {product.price !== null && (
        <p className={styles.price}>{price(product.price, product.currency)}</p>
      )}
      <dl className={styles.list}>
        {facts.map(
          ([name, value]) => value && <Fact key={name} name={fieldName(t, name)} value={value} />,
        )}
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

function Fact({ name, value }: { name: string; value: string }) {
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

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Product } from "@/api/types";
import { FailureLine } from "@/components/Notice";
import { Skeleton } from "@/components/Skeleton";

import { Card } from "../shared/Card";
import { similarQuery } from "./queries";
import styles from "./Similar.module.css";

/** The products that look most like this one. */
export function Similar({ productId }: { productId: string }) {
  const { t } = useTranslation();
  const similar = useQuery(similarQuery(productId));
  const hits = similar.data;
  return (
    <section className={styles.similar} aria-labelledby="similar">
      <div className={styles.head}>
        <h2 id="similar">{t("catalog.similar")}</h2>
        {hits && hits.length > 0 && (
          <Link to="/" search={{ product: productId }}>
            {t("catalog.moreLike")}
          </Link>
        )}
      </div>
      {similar.isPending && <Skeleton height="280px" />}
      <FailureLine error={similar.error} />
      {hits !== undefined && (hits === null || hits.length === 0) && (
        <p className={styles.none}>
          {hits === null ? t("catalog.similarLater") : t("catalog.similarNone")}
        </p>
      )}
      {hits && <Row hits={hits} />}
    </section>
  );
}

/** What is most like this product by form, in other colours; nothing where there is none. */
export function Colourways({ productId }: { productId: string }) {
  const { t } = useTranslation();
  const { data: hits, error, isPending } = useQuery(similarQuery(productId, true));
  if (!isPending && !error && !hits?.length) return null;
  return (
    <section className={styles.similar} aria-labelledby="colourways">
      <div className={styles.head}>
        <h2 id="colourways">{t("catalog.colourways")}</h2>
        <Link to="/" search={{ product: productId, emphasis: -1 }}>
          {t("catalog.moreByForm")}
        </Link>
      </div>
      <p className={styles.none}>{t("catalog.colourwaysText")}</p>
      {isPending && <Skeleton height="280px" />}
      <FailureLine error={error} />
      {hits && <Row hits={hits} />}
    </section>
  );
}

function Row({ hits }: { hits: readonly { product: Product }[] }) {
  return (
    <ul className={styles.row}>
      {hits.map((hit) => (
        <li key={hit.product.id}>
          <Card product={hit.product} sizes="(max-width: 720px) 44vw, 200px" />
        </li>
      ))}
    </ul>
  );
}

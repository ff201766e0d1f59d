import { Link } from "@tanstack/react-router";
import { CircleHelp, MessageSquareText } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ReviewDoubt, ReviewItem } from "@/api/types";
import { Badge } from "@/components/Badge";
import { useFacetName, useLabelName } from "@/components/fields";
import { price, relative } from "@/texts/format";

import { useDoubtName } from "../shared/words";
import styles from "./Told.module.css";
import type { Bench } from "./useBench";

/** What the shop says of the product, and why a person is asked. */
export function Told({ bench }: { bench: Bench }) {
  const { t } = useTranslation();
  const { item } = bench;
  const { product } = item;
  const facts = [
    product.brand,
    product.category,
    product.colour,
    product.price != null && price(product.price, product.currency),
    product.external_id,
  ].filter((fact) => typeof fact === "string" && fact !== "");
  return (
    <section className={styles.told} aria-labelledby="review-product">
      <h2 id="review-product" className={styles.title}>
        <Link to="/products/$productId" params={{ productId: product.id }}>
          {product.title}
        </Link>
      </h2>
      <p className={styles.facts}>{facts.join(" · ")}</p>
      {product.description !== "" && (
        <details className={styles.description}>
          <summary>{product.description}</summary>
          <p>{product.description}</p>
        </details>
      )}
      <Why bench={bench} />
      {item.comment && (
        <p className={styles.comment}>
          <MessageSquareText size={16} aria-hidden />
          <span>
            {item.comment.text}{" "}
            <span className={styles.soft}>
              {item.comment.by}, {relative(item.comment.at)}
            </span>
          </span>
        </p>
      )}
      {item.second && <Badge tone="accent">{t("review.desk.second")}</Badge>}
    </section>
  );
}

/** The doubts, the greatest first and each once; those about labels lead there. */
function Why({ bench }: { bench: Bench }) {
  const { t } = useTranslation();
  const doubtName = useDoubtName();
  const rivals = useRivals();
  const { item } = bench;
  const doubts = [...new Map(item.doubts.map((one) => [doubtName(one), one])).values()];
  if (doubts.length === 0) {
    return (
      <p className={styles.soft}>
        {t(item.sampled ? "review.desk.sampled" : "review.desk.noDoubt")}
      </p>
    );
  }
  return (
    <ul className={styles.doubts} aria-label={t("review.desk.doubts")}>
      {doubts.map((doubt) => (
        <li key={doubtName(doubt)} className={styles.doubt} title={doubt.says}>
          <CircleHelp size={15} aria-hidden />
          {doubt.facet === null ? (
            <span>{doubtName(doubt)}</span>
          ) : (
            <button
              type="button"
              className={styles.lead}
              onClick={() => doubt.facet !== null && bench.showFacet(doubt.facet)}
            >
              {rivals(item, doubt) ?? doubtName(doubt)}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The two values that a model cannot decide between, as a question. */
function useRivals(): (item: ReviewItem, doubt: ReviewDoubt) => string | undefined {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const labelName = useLabelName();
  return (item, { kind, facet }) => {
    if (kind !== "label_margin" || facet === null) return undefined;
    const candidates = item.facets.find((one) => one.facet === facet)?.candidates ?? [];
    const [first, second] = candidates.map(({ value }) => labelName(facet, value));
    if (first === undefined || second === undefined) return undefined;
    return t("review.desk.rivals", { facet: facetName(facet), first, second });
  };
}

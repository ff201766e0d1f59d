import { useTranslation } from "react-i18next";

import type { ReviewQuality } from "@/api/types";
import { Badge, type Tone } from "@/components/Badge";
import { useFacetName } from "@/components/fields";
import { Panel } from "@/components/Panel";
import { count, decimal } from "@/texts/format";

import styles from "./Quality.module.css";

/** Krippendorff's own bars: from here a figure may be relied on, or hinted with. */
const RELIABLE = 0.8;
const TENTATIVE = 0.667;

/** How well two reviewers of one item agree, by facet. */
export function Agreement({ facets }: { facets: ReviewQuality["facets"] }) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const doubly = facets.filter((one) => one.doubly > 0);
  return (
    <Panel title={t("review.quality.agreement")} lead={t("review.quality.agreementLead")}>
      {doubly.length === 0 ? (
        <p className={styles.soft}>{t("review.quality.noAgreement")}</p>
      ) : (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t("review.filter.facet")}</th>
                <th scope="col">{t("review.quality.alpha")}</th>
                <th scope="col">{t("review.quality.doubly")}</th>
              </tr>
            </thead>
            <tbody>
              {doubly.map(({ facet, alpha, doubly: n }) => (
                <tr key={facet}>
                  <th scope="row">{facetName(facet)}</th>
                  <td>{alpha === null ? t("common.unknown") : <Alpha value={alpha} />}</td>
                  <td>{count(n)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Alpha({ value }: { value: number }) {
  const { t } = useTranslation();
  const grade = value >= RELIABLE ? "reliable" : value >= TENTATIVE ? "tentative" : "low";
  return (
    <>
      <Badge tone={TONES[grade]}>{t(`review.quality.grade.${grade}`)}</Badge> {decimal(value)}
    </>
  );
}

const TONES: Readonly<Record<"reliable" | "tentative" | "low", Tone>> = {
  reliable: "success",
  tentative: "warning",
  low: "danger",
};

import { useTranslation } from "react-i18next";

import type { ReviewQuality } from "@/api/types";
import { useFacetName } from "@/components/fields";
import { Panel } from "@/components/Panel";
import { Figure } from "@/components/plots/Figure";
import { IntervalPlot, type Measured } from "@/components/plots/IntervalPlot";
import { count, percent } from "@/texts/format";

import styles from "./Quality.module.css";

/** How often each model was right, by facet, on the random share alone. */
export function Accuracy({ quality }: { quality: ReviewQuality }) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const all = [
    ...quality.facets.map(({ facet, models }) => ({ name: facetName(facet), models })),
    { name: t("review.quality.primary"), models: quality.primary.models },
  ];
  const versions = [
    ...new Set(all.flatMap(({ models }) => models.map((one) => one.model_version))),
  ];
  return (
    <Panel title={t("review.quality.accuracy")} lead={t("review.quality.accuracyLead")}>
      {versions.length === 0 && <p className={styles.soft}>{t("review.quality.none")}</p>}
      {versions.map((version) => (
        <OfModel key={version} version={version} rows={rowsOf(all, version)} />
      ))}
    </Panel>
  );
}

function OfModel({ version, rows }: { version: string; rows: readonly Measured[] }) {
  const { t } = useTranslation();
  return (
    <Figure
      title={version}
      columns={[
        t("review.filter.facet"),
        t("review.quality.right"),
        t("review.quality.interval"),
        t("review.quality.looked"),
      ]}
      rows={rows.map(({ name, value, low, high, n }) => [
        name,
        percent(value),
        t("review.quality.fromTo", { low: percent(low), high: percent(high) }),
        count(n),
      ])}
    >
      <IntervalPlot rows={rows} label={t("review.quality.accuracyOf", { model: version })} />
    </Figure>
  );
}

interface OfFacet {
  name: string;
  models: ReviewQuality["primary"]["models"];
}

function rowsOf(all: readonly OfFacet[], version: string): Measured[] {
  return all.flatMap(({ name, models }) =>
    models
      .filter((one) => one.model_version === version && one.n > 0)
      .map(({ accuracy, low, high, n }) => ({ name, value: accuracy, low, high, n })),
  );
}

import { useTranslation } from "react-i18next";

import type { ReviewQuality } from "@/api/types";
import { useFacetName } from "@/components/fields";
import { Panel } from "@/components/Panel";
import { Figure } from "@/components/plots/Figure";
import { LinePlot, type Point } from "@/components/plots/LinePlot";
import { lowEnd } from "@/components/plots/scale";
import { count, locale, percent } from "@/texts/format";

import { dayName } from "@/texts/days";
import styles from "./Quality.module.css";

/** The name by which the primary crop stands among the facets. */
const PRIMARY = "primary crop";

interface Props {
  quality: ReviewQuality;
  facet: string | undefined;
  onFacet: (facet: string) => void;
}

/** How often the models were right, day by day, in one facet. */
export function OverTime({ quality, facet, onFacet }: Props) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const chosen = quality.facets.find((one) => one.facet === facet) ?? quality.facets[0];
  const isPrimary = facet === PRIMARY || !chosen;
  const days = isPrimary ? quality.primary.days : chosen.days;
  const points = days.filter(({ n }) => n > 0).map(pointOf);
  const name = isPrimary ? t("review.quality.primary") : facetName(chosen.facet);
  return (
    <Panel
      title={t("review.quality.overTime")}
      actions={
        <select
          className={styles.select}
          aria-label={t("review.filter.facet")}
          value={isPrimary ? PRIMARY : chosen.facet}
          onChange={(event) => onFacet(event.target.value)}
        >
          {quality.facets.map((one) => (
            <option key={one.facet} value={one.facet}>
              {facetName(one.facet)}
            </option>
          ))}
          <option value={PRIMARY}>{t("review.quality.primary")}</option>
        </select>
      }
    >
      {points.length === 0 ? (
        <p className={styles.soft}>{t("review.quality.none")}</p>
      ) : (
        <Figure
          title={name}
          note={t("review.quality.band")}
          columns={[
            t("review.quality.day"),
            t("review.quality.right"),
            t("review.quality.interval"),
            t("review.quality.looked"),
          ]}
          rows={days
            .filter(({ n }) => n > 0)
            .map(({ day, n, right, low, high }) => [
              dayName(day, locale()),
              percent(right / n),
              t("review.quality.fromTo", { low: percent(low), high: percent(high) }),
              count(n),
            ])}
        >
          <LinePlot
            points={points}
            label={t("review.quality.overTimeOf", { facet: name })}
            range={[lowEnd(points.map(({ low = 1 }) => low)), 1]}
            value={percent}
            day={(day) => dayName(day, locale())}
          />
        </Figure>
      )}
    </Panel>
  );
}

function pointOf({ day, n, right, low, high }: ReviewQuality["primary"]["days"][number]): Point {
  return { day, value: right / n, low, high };
}

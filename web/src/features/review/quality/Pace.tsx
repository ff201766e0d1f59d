import { useTranslation } from "react-i18next";

import type { ReviewQuality } from "@/api/types";
import { Panel } from "@/components/Panel";
import { Figure } from "@/components/plots/Figure";
import { LinePlot } from "@/components/plots/LinePlot";
import { count, locale } from "@/texts/format";

import { dayName } from "@/texts/days";

/** How many items were answered, day by day. */
export function Pace({ pace }: { pace: ReviewQuality["pace"] }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...pace.map(({ n }) => n));
  const day = (one: string) => dayName(one, locale());
  return (
    <Panel title={t("review.quality.pace")}>
      <Figure
        title={t("review.quality.paceTitle")}
        columns={[t("review.quality.day"), t("review.quality.answered")]}
        rows={pace.map((one) => [day(one.day), count(one.n)])}
      >
        <LinePlot
          points={pace.map(({ day: at, n }) => ({ day: at, value: n }))}
          label={t("review.quality.paceTitle")}
          range={[0, most]}
          value={count}
          day={day}
        />
      </Figure>
    </Panel>
  );
}

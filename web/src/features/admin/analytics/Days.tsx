import { useTranslation } from "react-i18next";

import type { Analytics } from "@/api/types";
import { Panel } from "@/components/Panel";
import { Figure } from "@/components/plots/Figure";
import { LinePlot } from "@/components/plots/LinePlot";
import { dayName } from "@/texts/days";
import { count, locale } from "@/texts/format";

/** How often visitors searched, day by day. */
export function Days({ days }: { days: Analytics["days"] }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...days.map(({ searches }) => searches));
  const name = (one: string) => dayName(one, locale());
  return (
    <Panel title={t("admin.analytics.days")}>
      <Figure
        title={t("admin.analytics.searches")}
        columns={[
          t("admin.analytics.day"),
          t("admin.analytics.searches"),
          t("admin.analytics.noMatch"),
          t("admin.analytics.clicks"),
          t("admin.analytics.added"),
        ]}
        rows={days.map((one) => [
          name(one.day),
          ...[one.searches, one.no_match, one.clicks, one.added].map(count),
        ])}
      >
        <LinePlot
          points={days.map(({ day, searches }) => ({ day, value: searches }))}
          label={t("admin.analytics.searches")}
          range={[0, most]}
          value={count}
          day={name}
        />
      </Figure>
    </Panel>
  );
}

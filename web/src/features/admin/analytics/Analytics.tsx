import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ChartLine } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Analytics as AnalyticsTold } from "@/api/types";
import { Facts } from "@/components/Facts";
import { useFacetName } from "@/components/fields";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Pills } from "@/components/Pills";
import { QueryState } from "@/components/QueryState";
import { count, duration, percent, relative } from "@/texts/format";

import styles from "./Analytics.module.css";
import { Days } from "./Days";
import { fileHref, SPANS, USUAL } from "./params";
import { Photos } from "./Photos";
import { analyticsQuery } from "./queries";
import { Table } from "./Table";
import { isWay } from "./ways";

const route = getRouteApi("/shell/settings/analytics");

interface Props {
  told: AnalyticsTold;
  days: number;
}

/** What visitors of the shop searched, what they missed, and what came of it. */
export default function Analytics() {
  const { t } = useTranslation();
  const days = route.useSearch().days ?? USUAL;
  const navigate = route.useNavigate();
  const found = useQuery(analyticsQuery(days));
  const told = found.data;
  return (
    <Page
      title={t("admin.analytics.title")}
      actions={
        <Pills
          label={t("review.quality.span")}
          value={String(days)}
          choices={SPANS.map((span) => [String(span), t("review.quality.days", { count: span })])}
          onChange={(span) => void navigate({ search: { days: Number(span) }, replace: true })}
        />
      }
    >
      <QueryState query={found} height="60vh" />
      {told && told.searches + told.strips + told.views === 0 && (
        <Notice icon={<ChartLine aria-hidden />} title={t("admin.analytics.empty")}>
          {t("admin.analytics.emptyText")}
        </Notice>
      )}
      {told && told.searches + told.strips + told.views > 0 && (
        <div className={styles.panels}>
          <Sums told={told} />
          <Days days={told.days} />
          <Misses told={told} days={days} />
          <Photos photos={told.photos} />
          <Ranks told={told} days={days} />
          <Products told={told} days={days} />
          <Filters told={told} days={days} />
          <Ways told={told} days={days} />
        </div>
      )}
    </Page>
  );
}

function Sums({ told }: { told: AnalyticsTold }) {
  const { t } = useTranslation();
  const share = (some: number) =>
    told.searches === 0 ? count(some) : `${count(some)} (${percent(some / told.searches)})`;
  return (
    <Panel title={t("admin.analytics.sums")} lead={t("admin.analytics.sumsLead")}>
      <Facts
        facts={[
          [t("admin.analytics.searches"), count(told.searches)],
          [t("admin.analytics.clicked"), share(told.clicked)],
          [t("admin.analytics.noMatch"), share(told.no_match)],
          [t("admin.analytics.views"), count(told.views)],
          [t("admin.analytics.added"), count(told.added)],
          [t("admin.analytics.strips"), count(told.strips)],
        ]}
      />
    </Panel>
  );
}

function Misses({ told, days }: Props) {
  const { t } = useTranslation();
  return (
    <Table
      title={t("admin.analytics.misses")}
      lead={t("admin.analytics.missesLead")}
      file={fileHref("misses", days)}
      columns={[
        t("admin.analytics.words"),
        t("admin.analytics.searches"),
        t("admin.analytics.last"),
      ]}
      rows={told.misses.map((miss) => [miss.words, count(miss.searches), relative(miss.last)])}
    />
  );
}

function Ranks({ told, days }: Props) {
  const { t } = useTranslation();
  return (
    <Table
      title={t("admin.analytics.ranks")}
      file={fileHref("ranks", days)}
      columns={[
        t("admin.analytics.rank"),
        t("admin.analytics.shown"),
        t("admin.analytics.clicked"),
        t("admin.analytics.share"),
      ]}
      rows={told.ranks.map(({ rank, seen, clicked }) => [
        count(rank),
        count(seen),
        count(clicked),
        seen === 0 ? "–" : percent(clicked / seen),
      ])}
    />
  );
}

function Products({ told, days }: Props) {
  const { t } = useTranslation();
  return (
    <Table
      title={t("admin.analytics.products")}
      file={fileHref("products", days)}
      columns={[
        t("admin.analytics.product"),
        t("admin.analytics.views"),
        t("admin.analytics.clicks"),
        t("admin.analytics.added"),
      ]}
      rows={told.products
        .slice(0, 20)
        .map((each) => [each.title, count(each.views), count(each.clicks), count(each.added)])}
    />
  );
}

function Filters({ told, days }: Props) {
  const { t } = useTranslation();
  const nameOf = useFacetName();
  return (
    <Table
      title={t("admin.analytics.filters")}
      file={fileHref("filters", days)}
      columns={[t("admin.analytics.facet"), t("admin.analytics.searches")]}
      rows={told.filters.map(({ facet, searches }) => [nameOf(facet), count(searches)])}
    />
  );
}

function Ways({ told, days }: Props) {
  const { t } = useTranslation();
  return (
    <Table
      title={t("admin.analytics.ways")}
      file={fileHref("ways", days)}
      columns={[
        t("admin.analytics.way"),
        t("admin.analytics.searches"),
        t("admin.analytics.median"),
        t("admin.analytics.slow"),
      ]}
      rows={told.ways.map(({ asked, searches, median, slow }) => [
        isWay(asked) ? t(`admin.analytics.asked.${asked}`) : asked,
        count(searches),
        duration(median),
        duration(slow),
      ])}
    />
  );
}

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Activity, ChevronDown, Filter } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { NothingFits } from "@/components/Empty";
import { Select } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Pills } from "@/components/Pills";
import { MoreButton, QueryState } from "@/components/QueryState";
import { Rows } from "@/components/Rows";

import { Group } from "./Group";
import styles from "./Jobs.module.css";
import { LiveMark } from "../shared/LiveMark";
import type { JobsParams } from "../shared/params";
import { groupsQuery } from "../shared/queries";
import { RetryAll } from "../shared/RetryAll";
import { useJobEvents } from "../shared/useJobEvents";
import { known, KINDS, STATES } from "../shared/words";

/** What Vitrine could not do, is doing and has done. */
export default function Jobs() {
  const { t } = useTranslation();
  const params = useSearch({ from: "/shell/jobs" });
  const queryClient = useQueryClient();
  const [live, setLive] = useState(false);
  useJobEvents("/v1/jobs/events", queryClient, setLive);
  const { housekeeping: _, ...wanted } = params;
  const found = useInfiniteQuery(groupsQuery(wanted, live));
  const groups = found.data?.pages.flatMap((page) => page.groups) ?? [];
  const folded = found.data?.pages[0]?.folded ?? 0;
  const failed = groups.some(({ state }) => state === "failed");
  return (
    <Page title={t("jobs.title")} width="medium" actions={<LiveMark live={live} />}>
      <Filters params={params} />
      {failed && (
        <div>
          <RetryAll kind={params.kind} />
        </div>
      )}
      <QueryState query={found} height="420px" />
      {found.data && groups.length === 0 && <Empty params={params} />}
      {groups.length > 0 && (
        <Rows label={t("jobs.title")}>
          {groups.map((group) => (
            <Group key={group.job.id} group={group} />
          ))}
        </Rows>
      )}
      <MoreButton query={found} className={styles.more} />
      {folded > 0 && params.kind === undefined && params.state !== "failed" && (
        <Housekeeping params={params} folded={folded} live={live} />
      )}
    </Page>
  );
}

interface FoldProps {
  params: JobsParams;
  folded: number;
  live: boolean;
}

function Housekeeping({ params, folded, live }: FoldProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { housekeeping: open = false, ...rest } = params;
  return (
    <section className={styles.fold}>
      <button
        type="button"
        className={styles.unfold}
        aria-expanded={open}
        onClick={() =>
          void navigate({
            to: "/jobs",
            search: open ? rest : { ...rest, housekeeping: true },
            replace: true,
            resetScroll: false,
          })
        }
      >
        <ChevronDown size={18} aria-hidden />
        {t("jobs.housekeeping", { count: folded })}
      </button>
      <p className={styles.soft}>{t("jobs.housekeepingText")}</p>
      {open && <Folded params={params} folded={folded} live={live} />}
    </section>
  );
}

function Folded({ params, folded, live }: FoldProps) {
  const { t } = useTranslation();
  const found = useInfiniteQuery(groupsQuery(params, live));
  const groups = found.data?.pages.flatMap((page) => page.groups) ?? [];
  return (
    <>
      <QueryState query={found} height="200px" />
      {groups.length > 0 && (
        <Rows label={t("jobs.housekeeping", { count: folded })}>
          {groups.map((group) => (
            <Group key={group.job.id} group={group} />
          ))}
        </Rows>
      )}
      <MoreButton query={found} className={styles.more} />
    </>
  );
}

function Filters({ params }: { params: JobsParams }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = (search: JobsParams) => void navigate({ to: "/jobs", search });
  const { kind, state } = params;
  return (
    <div className={styles.filters}>
      <Pills
        label={t("jobs.filterStatus")}
        value={state ?? "all"}
        choices={[
          ["all", t("jobs.all")],
          ...STATES.map((each) => [each, t(`jobs.state.${each}`)] as const),
        ]}
        onChange={(next) => go({ ...(kind && { kind }), ...(next !== "all" && { state: next }) })}
      />
      <div className={styles.kind}>
        <Select
          label={t("jobs.filterKind")}
          value={kind ?? ""}
          choices={{
            "": t("jobs.anyKind"),
            ...Object.fromEntries(KINDS.map((each) => [each, t(`jobs.kind.${each}`)])),
          }}
          onChange={(event) => {
            const next = known(KINDS, event.target.value);
            go({ ...(state && { state }), ...(next && { kind: next }) });
          }}
        />
      </div>
    </div>
  );
}

function Empty({ params }: { params: JobsParams }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (params.state === undefined && params.kind === undefined) {
    return (
      <Notice icon={<Activity aria-hidden />} title={t("jobs.emptyTitle")}>
        {t("jobs.emptyText")}
      </Notice>
    );
  }
  return (
    <NothingFits
      icon={<Filter aria-hidden />}
      title={t("jobs.noneTitle")}
      clear={t("jobs.clear")}
      onClear={() => void navigate({ to: "/jobs", search: {} })}
    >
      {t("jobs.noneText")}
    </NothingFits>
  );
}

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Activity, Filter } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { NothingFits } from "@/components/Empty";
import { Select } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Pills } from "@/components/Pills";
import { MoreButton, QueryState } from "@/components/QueryState";
import { Rows } from "@/components/Rows";

import { JobRow } from "./JobRow";
import styles from "./Jobs.module.css";
import { RetryAll } from "./RetryAll";
import { LiveMark } from "../shared/LiveMark";
import type { JobsParams } from "../shared/params";
import { jobsQuery } from "../shared/queries";
import { useJobEvents } from "../shared/useJobEvents";
import { known, KINDS, STATUSES } from "../shared/words";

/** What Vitrine is doing, has done and could not do. */
export default function Jobs() {
  const { t } = useTranslation();
  const params = useSearch({ from: "/shell/jobs" });
  const queryClient = useQueryClient();
  const [live, setLive] = useState(false);
  useJobEvents("/v1/jobs/events", queryClient, setLive);
  const found = useInfiniteQuery(jobsQuery(params, live));
  const jobs = found.data?.pages.flatMap((page) => page.jobs) ?? [];
  return (
    <Page title={t("jobs.title")} width="medium" actions={<LiveMark live={live} />}>
      <Filters params={params} />
      {params.status === "failed" && jobs.length > 0 && <RetryAll kind={params.kind} />}
      <QueryState query={found} height="420px" />
      {found.data && jobs.length === 0 && <Empty params={params} />}
      {jobs.length > 0 && (
        <Rows label={t("jobs.title")}>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </Rows>
      )}
      <MoreButton query={found} className={styles.more} />
    </Page>
  );
}

function Filters({ params }: { params: JobsParams }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const go = (search: JobsParams) => void navigate({ to: "/jobs", search });
  const { kind, status } = params;
  return (
    <div className={styles.filters}>
      <Pills
        label={t("jobs.filterStatus")}
        value={status ?? "all"}
        choices={[
          ["all", t("jobs.all")],
          ...STATUSES.map((each) => [each, t(`jobs.status.${each}`)] as const),
        ]}
        onChange={(next) => go({ ...(kind && { kind }), ...(next !== "all" && { status: next }) })}
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
            go({ ...(status && { status }), ...(next && { kind: next }) });
          }}
        />
      </div>
    </div>
  );
}

function Empty({ params }: { params: JobsParams }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (params.status === undefined && params.kind === undefined) {
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

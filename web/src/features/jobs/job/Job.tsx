import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import type { JobGroup, JobProduct, Job as JobTold } from "@/api/types";
import { Badge } from "@/components/Badge";
import { ButtonLink } from "@/components/ButtonLink";
import { DetailPage } from "@/components/DetailPage";
import { Facts } from "@/components/Facts";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { dateTime, duration } from "@/texts/format";

import styles from "./Job.module.css";
import { JobProgress } from "../shared/JobProgress";
import { LiveMark } from "../shared/LiveMark";
import { Made } from "./Made";
import { Members } from "../shared/Members";
import { Picture } from "../shared/Picture";
import { groupQuery, jobQuery } from "../shared/queries";
import { RetryAll } from "../shared/RetryAll";
import { Steer } from "../shared/Steer";
import { extent, groupName, hint, kindName } from "../shared/told";
import { useJobEvents } from "../shared/useJobEvents";
import { TONES } from "../shared/words";

/** One job: how far it is, what it made, what went wrong. */
export default function Job() {
  const { t } = useTranslation();
  const { jobId } = useParams({ from: "/shell/jobs/$jobId" });
  const queryClient = useQueryClient();
  const [live, setLive] = useState(false);
  const found = useQuery(jobQuery(jobId, live));
  const { data: group } = useQuery(groupQuery(jobId));
  const job = found.data;
  const open = job !== undefined && !hasEnded(job);
  useJobEvents(open ? `/v1/jobs/${jobId}/events` : null, queryClient, setLive);
  if (job === undefined) {
    return (
      <Page title={t("jobs.title")} width="narrow">
        <QueryState query={found} height="320px" />
      </Page>
    );
  }
  const name = group ? groupName(t, group) : kindName(t, job.kind);
  return (
    <DetailPage
      title={name}
      list="/jobs"
      back={t("jobs.toList")}
      actions={<Actions job={job} product={group?.product ?? null} />}
      width="narrow"
    >
      <div className={styles.state}>
        {group && <Picture kind={job.kind} products={productsOf(group)} />}
        <Badge tone={TONES[job.status]}>{t(`jobs.status.${job.status}`)}</Badge>
        {open && <LiveMark live={live} />}
      </div>
      {job.status === "running" && <JobProgress job={job} />}
      {job.status === "queued" && (
        <p>{job.attempts > 0 ? t("jobs.waitingAgain") : t("jobs.waiting")}</p>
      )}
      <WentWrong job={job} />
      <Times job={job} />
      <Made job={job} />
      {group && extent(group).total > 0 && (
        <Panel
          title={t("jobs.members", { count: extent(group).total })}
          actions={group.failure && <RetryAll batch={job.id} name={name} />}
        >
          <Members id={job.id} name={name} />
        </Panel>
      )}
    </DetailPage>
  );
}

function productsOf({ product, shown }: JobGroup) {
  return product ? [product, ...shown] : shown;
}

function Actions({ job, product }: { job: JobTold; product: JobProduct | null }) {
  const { t } = useTranslation();
  return (
    <>
      {product && (
        <ButtonLink to="/products/$productId" params={{ productId: product.id }}>
          {t("jobs.openProduct")}
        </ButtonLink>
      )}
      <Steer job={job} />
    </>
  );
}

function WentWrong({ job }: { job: JobTold }) {
  const { t } = useTranslation();
  if (!job.error_code || job.status === "succeeded") return null;
  return (
    <Panel title={t("jobs.errorTitle")}>
      <p className={styles.reason}>
        {job.error_message} <code className={styles.code}>{job.error_code}</code>
      </p>
      {job.status === "failed" && (
        <div>
          <h3>{t("jobs.hintTitle")}</h3>
          <p>{hint(t, job)}</p>
        </div>
      )}
    </Panel>
  );
}

function Times({ job }: { job: JobTold }) {
  const { t } = useTranslation();
  const between = (from: string | null, to: string | null) =>
    from && to ? duration(Date.parse(to) - Date.parse(from)) : null;
  return (
    <Facts
      facts={[
        [t("jobs.created"), dateTime(job.created_at)],
        [t("jobs.started"), job.started_at && dateTime(job.started_at)],
        [t("jobs.finished"), job.finished_at && dateTime(job.finished_at)],
        [t("jobs.waited"), between(job.created_at, job.started_at)],
        [t("jobs.took"), between(job.started_at, job.finished_at)],
        [t("jobs.attempts"), job.attempts],
        [t("jobs.partOf"), job.batch_id && <Whole key="whole" id={job.batch_id} />],
        [t("jobs.id"), <code key="id">{job.id}</code>],
      ]}
    />
  );
}

function Whole({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <Link to="/jobs/$jobId" params={{ jobId: id }}>
      {t("jobs.wholeBatch")}
    </Link>
  );
}

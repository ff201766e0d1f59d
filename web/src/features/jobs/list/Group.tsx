import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import type { JobGroup } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Progress } from "@/components/Progress";
import { Row, RowFacts } from "@/components/Rows";
import { count, dateTime, duration, relative } from "@/texts/format";

import styles from "./Group.module.css";
import { JobProgress } from "../shared/JobProgress";
import { Members } from "../shared/Members";
import { Picture } from "../shared/Picture";
import { RetryAll } from "../shared/RetryAll";
import { Steer } from "../shared/Steer";
import { extent, groupName } from "../shared/told";
import { WentWrong } from "../shared/WentWrong";
import { TONES } from "../shared/words";

/** One row of the list: a job, or a batch with its progress, which unfolds. */
export function Group({ group }: { group: JobGroup }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { job, failure } = group;
  const name = groupName(t, group);
  const { total } = extent(group);
  return (
    <Row opens>
      <div className={styles.group}>
        <Picture
          kind={job.kind}
          products={[...(group.product ? [group.product] : []), ...group.shown]}
        />
        <div className={styles.what}>
          <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={styles.name}>
            {name}
          </Link>
          <Times group={group} />
        </div>
        <div className={styles.state}>
          <State group={group} />
        </div>
        <div className={styles.actions}>
          {total > 0 && (
            <button
              type="button"
              className={styles.unfold}
              aria-expanded={open}
              aria-label={t("jobs.showMembers", {
                parts: t("jobs.members", { count: total }),
                name,
              })}
              onClick={() => setOpen(!open)}
            >
              {t("jobs.members", { count: total })}
              <ChevronDown size={16} aria-hidden />
            </button>
          )}
          <Tools group={group} name={name} />
        </div>
        {failure ? <Failed group={group} job={failure} /> : <WentWrong job={job} />}
      </div>
      {open && <Members id={job.id} name={name} />}
    </Row>
  );
}

function Times({ group: { job } }: { group: JobGroup }) {
  const { t } = useTranslation();
  const { created_at, started_at, finished_at } = job;
  return (
    <RowFacts>
      <time dateTime={created_at} title={dateTime(created_at)}>
        {relative(created_at)}
      </time>
      {started_at && finished_at && (
        <span>
          {t("jobs.tookTime", {
            time: duration(Date.parse(finished_at) - Date.parse(started_at)),
          })}
        </span>
      )}
    </RowFacts>
  );
}

function State({ group }: { group: JobGroup }) {
  const { t } = useTranslation();
  const { job, state } = group;
  const { total, done } = extent(group);
  if (job.status === "running") return <JobProgress job={job} />;
  if (total > 0 && done < total) {
    const told = t("jobs.progress", { done: count(done), total: count(total) });
    return <Progress label={told} share={done / total} />;
  }
  const status = state === "failed" ? "failed" : job.status;
  return <Badge tone={TONES[status]}>{t(`jobs.status.${status}`)}</Badge>;
}

function Tools({ group, name }: { group: JobGroup; name: string }) {
  const { job, failure } = group;
  if (!hasEnded(job)) return <Steer job={job} size="small" />;
  if (failure && extent(group).total > 0) return <RetryAll batch={job.id} name={name} />;
  return <Steer job={job} size="small" name={name} />;
}

function Failed({ group, job }: { group: JobGroup; job: JobGroup["job"] }) {
  const { t } = useTranslation();
  const { total } = extent(group);
  const reason = job.error_message ?? "";
  if (job.id === group.job.id || total === 0) return <WentWrong job={job} />;
  const failed = group.counts.failed ?? 0;
  const says = t("jobs.failedOf", { count: failed, total: count(total), reason });
  return <WentWrong job={job} says={says} />;
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import type { Job } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Row, RowFacts } from "@/components/Rows";
import { dateTime, duration, relative } from "@/texts/format";

import styles from "./JobRow.module.css";
import { JobProgress } from "../shared/JobProgress";
import { Steer } from "../shared/Steer";
import { hint, kindName } from "../shared/told";
import { TONES } from "../shared/words";

/** One job of the list: what, how far, what went wrong and what to do. */
export function JobRow({ job }: { job: Job }) {
  const { t } = useTranslation();
  return (
    <Row opens>
      <div className={styles.job}>
        <div>
          <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={styles.name}>
            {kindName(t, job.kind)}
          </Link>
          <RowFacts>
            <time dateTime={job.created_at} title={dateTime(job.created_at)}>
              {relative(job.created_at)}
            </time>
            {job.started_at && job.finished_at && (
              <span>
                {t("jobs.tookTime", {
                  time: duration(Date.parse(job.finished_at) - Date.parse(job.started_at)),
                })}
              </span>
            )}
          </RowFacts>
        </div>
        <div className={styles.state}>
          {job.status === "running" ? (
            <JobProgress job={job} />
          ) : (
            <Badge tone={TONES[job.status]}>{t(`jobs.status.${job.status}`)}</Badge>
          )}
        </div>
        <div className={styles.actions}>
          {job.product_id && (
            <Link
              to="/products/$productId"
              params={{ productId: job.product_id }}
              className={styles.product}
            >
              {t("jobs.openProduct")}
            </Link>
          )}
          <Steer job={job} size="small" />
        </div>
        {job.error_code && !(hasEnded(job) && job.status !== "failed") && (
          <div className={styles.error}>
            <p className={styles.reason}>{job.error_message}</p>
            <p>{job.status === "failed" ? hint(t, job) : t("jobs.waitingAgain")}</p>
          </div>
        )}
      </div>
    </Row>
  );
}

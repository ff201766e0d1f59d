import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Progress } from "@/components/Progress";

import { hasEnded, useJob } from "./job";
import styles from "./JobLine.module.css";
import type { Job } from "./queries";

interface Props {
  jobId: string;
  /** What is being done, as in "Looking at the photos". */
  label: string;
  /** Said when it went well. */
  done: string;
  onEnd?: (job: Job) => void;
}

/** One line that follows a job: how far it is, then how it ended. */
export function JobLine({ jobId, label, done, onEnd }: Props) {
  const { t } = useTranslation();
  const job = useJob(jobId, onEnd);
  return (
    <div className={styles.line} role="status">
      {job === null || !hasEnded(job) ? (
        <Progress label={label} share={job && job.total > 0 ? job.progress : null} />
      ) : job.status === "succeeded" ? (
        <p className={styles.done}>
          <Check size={18} aria-hidden />
          {done}
        </p>
      ) : (
        <p className={styles.failed}>
          {job.status === "cancelled"
            ? t("catalog.jobCancelled")
            : t("catalog.jobFailed", { reason: job.error_message ?? t("common.unknown") })}{" "}
          <Link to="/jobs/$jobId" params={{ jobId }}>
            {t("catalog.toJob")}
          </Link>
        </p>
      )}
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import type { Job } from "@/api/types";
import { Progress } from "@/components/Progress";

import { useJob } from "./job";
import styles from "./JobLine.module.css";

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
  const job = useJob(jobId, onEnd);
  return (
    <div className={styles.line}>
      {!hasEnded(job) && (
        <Progress label={label} share={job && job.total > 0 ? job.progress : null} />
      )}
      <div role="status">{job && hasEnded(job) && <Outcome job={job} done={done} />}</div>
    </div>
  );
}

function Outcome({ job, done }: { job: Job; done: string }) {
  const { t } = useTranslation();
  if (job.status === "succeeded") {
    return (
      <p className={styles.done}>
        <Check size={18} aria-hidden />
        {done}
      </p>
    );
  }
  return (
    <p className={styles.failed}>
      {job.status === "cancelled"
        ? t("catalog.jobCancelled")
        : t("catalog.jobFailed", { reason: job.error_message ?? t("common.unknown") })}{" "}
      <Link to="/jobs/$jobId" params={{ jobId: job.id }}>
        {t("catalog.toJob")}
      </Link>
    </p>
  );
}

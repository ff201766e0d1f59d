import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import type { Job } from "@/api/types";

import { hint } from "./told";
import styles from "./WentWrong.module.css";

/** Why a job failed and what to do, or that it will be tried again. `says` is put before it. */
export function WentWrong({ job, says }: { job: Job; says?: string }) {
  const { t } = useTranslation();
  if (!job.error_code || (hasEnded(job) && job.status !== "failed")) return null;
  return (
    <div className={styles.wrong}>
      <p className={styles.reason}>{says ?? job.error_message}</p>
      <p>{job.status === "failed" ? hint(t, job) : t("jobs.waitingAgain")}</p>
    </div>
  );
}

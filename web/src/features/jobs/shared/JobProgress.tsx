import { useTranslation } from "react-i18next";

import type { Job } from "@/api/types";
import { Progress } from "@/components/Progress";

/** How far a running job is. */
export function JobProgress({ job }: { job: Job }) {
  const { t } = useTranslation();
  const label = job.cancel_asked_at
    ? t("jobs.stopping")
    : job.total > 1
      ? t("jobs.progress", { done: job.done, total: job.total })
      : t("jobs.working");
  return <Progress label={label} share={job.total > 1 ? job.progress : null} />;
}

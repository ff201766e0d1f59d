import { useMutation, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import { Button } from "@/components/Button";
import { FailureLine } from "@/components/Notice";

import { useJob } from "../shared/job";
import { JobLine } from "../shared/JobLine";
import { useRefresh } from "../shared/queries";
import { cancelJob } from "./actions";
import styles from "./Import.module.css";
import { importQuery } from "./queries";
import { RowErrors } from "./RowErrors";
import { Summary } from "./Summary";

/** An import at work, then what it did. */
export function Running({ jobId, onAnother }: { jobId: string; onAnother: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const ended = useCallback(() => void refresh(), [refresh]);
  const job = useJob(jobId);
  const cancel = useMutation({ mutationFn: () => cancelJob(jobId) });
  const { data: told } = useQuery({
    ...importQuery(jobId),
    enabled: job?.status === "succeeded",
  });
  return (
    <section className={styles.checked} aria-labelledby="importing">
      <h2 id="importing" className="hidden-text">
        {t("catalog.stepImport")}
      </h2>
      <JobLine
        jobId={jobId}
        label={
          job && job.total > 0
            ? t("catalog.importingOf", { done: job.done, total: job.total })
            : t("catalog.importing")
        }
        done={t("catalog.imported")}
        onEnd={ended}
      />
      {!hasEnded(job) && (
        <div className={styles.end}>
          <Button
            busy={cancel.isPending}
            disabled={cancel.isSuccess}
            onClick={() => cancel.mutate()}
          >
            {t("common.cancel")}
          </Button>
        </div>
      )}
      <FailureLine error={cancel.error} />
      {told && <Summary told={told} />}
      {told && <RowErrors jobId={jobId} counts={told.counts} />}
      {hasEnded(job) && (
        <div className={styles.end}>
          <Button onClick={onAnother}>{t("catalog.importAnother")}</Button>
        </div>
      )}
    </section>
  );
}

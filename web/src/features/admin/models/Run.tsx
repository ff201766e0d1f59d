import { FileText, RotateCcw, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { hasEnded } from "@/api/jobs";
import type { Job, TrainingRun } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button, buttonClass } from "@/components/Button";
import { Facts } from "@/components/Facts";
import { FailureLine } from "@/components/Notice";
import { Panel } from "@/components/Panel";
import { Progress } from "@/components/Progress";
import { dateTime, decimal, span } from "@/texts/format";
import { readable } from "@/texts/words";

import { useAct } from "./actions";
import { Verdict } from "./GateShown";
import styles from "./Models.module.css";
import { useFollowed } from "./useFollowed";
import { advice, RUN_TONES } from "./words";

/** One run: how far it is and how long it still takes, what it says, what came of it. */
export function Run({ run }: { run: TrainingRun }) {
  const { t } = useTranslation();
  const job = useFollowed(run.job);
  const state = job?.status ?? run.state;
  return (
    <div id={run.id}>
      <Panel
        title={t(`admin.models.kind.${run.kind}`)}
        lead={
          <time dateTime={run.started_at ?? run.created_at}>
            {dateTime(run.started_at ?? run.created_at)}
          </time>
        }
        actions={<Acts run={run} job={job} />}
      >
        <div className={styles.badges}>
          <Badge tone={RUN_TONES[state]}>{t(`admin.models.runState.${state}`)}</Badge>
        </div>
        {job && <HowFar run={run} job={job} />}
        {job && <WentWrong job={job} />}
        <Facts
          facts={[
            [t("admin.models.snapshot"), run.snapshot || null],
            [t("admin.models.version"), run.model?.version],
            ...told(run.figures),
          ]}
        />
        {run.model?.gate && <Verdict gate={run.model.gate} />}
        {run.log !== "" && (
          <details>
            <summary>{t("admin.models.log")}</summary>
            <pre className={styles.log}>{run.log.split("\n").slice(-LINES).join("\n")}</pre>
          </details>
        )}
      </Panel>
    </div>
  );
}

const LINES = 40;

function HowFar({ run, job }: { run: TrainingRun; job: Job }) {
  const { t } = useTranslation();
  if (job.status === "queued") return <p>{t("jobs.waiting")}</p>;
  if (hasEnded(job)) return null;
  const { done, total } = job;
  const label = job.cancel_asked_at
    ? t("jobs.stopping")
    : total > 1
      ? t("jobs.progress", { done, total })
      : t("jobs.working");
  return (
    <div>
      <Progress label={label} share={total > 1 ? job.progress : null} />
      {run.seconds_left !== null && (
        <p className={styles.soft}>{t("admin.models.left", { time: span(run.seconds_left) })}</p>
      )}
    </div>
  );
}

/** Why a run or a build failed, or is tried again, and what one can do about it. */
export function WentWrong({ job }: { job: Job }) {
  const { t } = useTranslation();
  if (!job.error_code || (hasEnded(job) && job.status !== "failed")) return null;
  return (
    <div className={styles.wrong}>
      <p className={styles.reason} lang="en">
        {job.error_message}
      </p>
      <p>{job.status === "failed" ? advice(t, job) : t("jobs.waitingAgain")}</p>
    </div>
  );
}

function Acts({ run, job }: { run: TrainingRun; job: Job | null }) {
  const { t } = useTranslation();
  const params = { path: { run_id: run.id } };
  const cancel = useAct(
    async () => held(await api.POST("/v1/training/runs/{run_id}/cancel", { params })),
    t("jobs.cancelAsked"),
  );
  return (
    <div className={styles.acts}>
      {run.has_report && (
        <a
          className={buttonClass()}
          data-look="secondary"
          data-size="normal"
          href={`/v1/training/runs/${run.id}/report`}
          target="_blank"
          rel="noopener noreferrer"
        >
          <FileText size={16} aria-hidden />
          {t("admin.models.report")}
        </a>
      )}
      {job && !hasEnded(job) && (
        <Button
          icon={<X size={16} aria-hidden />}
          busy={cancel.isPending}
          disabled={cancel.isPending || job.cancel_asked_at !== null}
          onClick={() => cancel.mutate(undefined)}
        >
          {t("admin.models.cancelRun")}
        </Button>
      )}
      {(job?.status === "failed" || job?.status === "cancelled") && <GoOn job={job} />}
      <FailureLine error={cancel.error} />
    </div>
  );
}

/** What stopped is tried again, from where it last saved. */
export function GoOn({ job }: { job: Job }) {
  const { t } = useTranslation();
  const retry = useAct(
    async () =>
      held(await api.POST("/v1/jobs/{job_id}/retry", { params: { path: { job_id: job.id } } })),
    t("jobs.retried"),
  );
  return (
    <>
      <Button
        icon={<RotateCcw size={16} aria-hidden />}
        busy={retry.isPending}
        onClick={() => retry.mutate(undefined)}
      >
        {t("admin.models.goOn")}
      </Button>
      <FailureLine error={retry.error} />
    </>
  );
}

/** The figures that a run tells of itself, as far as they are numbers. */
function told(figures: TrainingRun["figures"]): [string, string][] {
  return Object.entries(figures).flatMap(([name, value]) =>
    typeof value === "number" ? [[readable(name), decimal(value, false, 3)]] : [],
  );
}

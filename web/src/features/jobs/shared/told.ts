import type { TFunction } from "i18next";

import { isJob } from "@/api/jobs";
import type { Job, JobGroup, JobProduct } from "@/api/types";
import { spaced } from "@/texts/words";

import { HINTED, known, KINDS, STAGES } from "./words";

/** The name of a kind of job; a kind this page does not know is named as the server does. */
export function kindName(t: TFunction, kind: string): string {
  const word = known(KINDS, kind);
  return word ? t(`jobs.kind.${word}`) : spaced(kind);
}

export function stageName(t: TFunction, stage: string): string {
  const word = known(STAGES, stage);
  return word ? t(`jobs.stage.${word}`) : spaced(stage);
}

/** What to do about a job that failed, in the reader's language where we have it. */
export function hint(t: TFunction, job: Job): string {
  const code = known(HINTED, job.error_code ?? "");
  return code ? t(`jobs.hint.${code}`) : (job.error_hint ?? t("jobs.hint.again"));
}

/** How many belong to a group, and how many of them have ended. */
export function extent({ counts }: Pick<JobGroup, "counts">): { total: number; done: number } {
  const { queued = 0, running = 0, succeeded = 0, failed = 0, cancelled = 0 } = counts;
  const done = succeeded + failed + cancelled;
  return { total: done + queued + running, done };
}

/** What a group is called: by its product, its file or source, or how many products it has. */
export function groupName(t: TFunction, group: Omit<JobGroup, "state" | "failure">): string {
  const kind = kindName(t, group.job.kind);
  if (group.name) return t("jobs.named", { kind, name: group.name });
  const { total } = extent(group);
  // The first of many that were submitted together stands for them all.
  if (total > 0 && group.job.product_id) return t("jobs.batchOf", { kind, count: total + 1 });
  return memberName(t, group.job, group.product);
}

/** What one job is called: by its product, if it is about one that lives. */
export function memberName(t: TFunction, job: Job, product: JobProduct | null): string {
  const kind = kindName(t, job.kind);
  return product ? t("jobs.named", { kind, name: product.title }) : kind;
}

/** The jobs that an event of the server tells: one, or a list of them. */
export function jobsOf(data: string): Job[] {
  const told: unknown = JSON.parse(data);
  if (typeof told === "object" && told !== null && "jobs" in told && Array.isArray(told.jobs)) {
    return told.jobs.filter(isJob);
  }
  return isJob(told) ? [told] : [];
}

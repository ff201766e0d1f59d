import type { TFunction } from "i18next";

import type { Job } from "@/api/types";
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

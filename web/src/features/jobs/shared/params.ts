import type { JobKind, JobStatus } from "@/api/types";

import { KINDS, STATUSES } from "./words";

/** What the address of the job list says. */
export interface JobsParams {
  status?: JobStatus;
  kind?: JobKind;
}

/** What of it we understand; the rest is left out. */
export function jobsParams(given: Record<string, unknown>): JobsParams {
  const status = STATUSES.find((each) => each === given.status);
  const kind = KINDS.find((each) => each === given.kind);
  return { ...(status && { status }), ...(kind && { kind }) };
}

import type { JobKind, JobState } from "@/api/types";

import { known, KINDS, STATES } from "./words";

/** What the address of the job list says. */
export interface JobsParams {
  state?: JobState;
  kind?: JobKind;
  /** What Vitrine does by itself is unfolded. */
  housekeeping?: true;
}

/** What of it we understand; the rest is left out. */
export function jobsParams(given: Record<string, unknown>): JobsParams {
  const state = known(STATES, String(given.state));
  const kind = known(KINDS, String(given.kind));
  return {
    ...(state && { state }),
    ...(kind && { kind }),
    ...(given.housekeeping === true && { housekeeping: true }),
  };
}

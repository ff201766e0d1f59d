/** What the address of the job list says. */
export interface JobsParams {
  status?: string;
}

export function jobsParams(given: Record<string, unknown>): JobsParams {
  return typeof given.status === "string" ? { status: given.status } : {};
}

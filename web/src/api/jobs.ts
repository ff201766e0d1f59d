import type { Job } from "./types";

/** Whether nothing more will happen to a job by itself; one that is not known yet has not ended. */
export function hasEnded(job: Job | null): boolean {
  return job !== null && job.status !== "queued" && job.status !== "running";
}

/** Whether what an event told is a job. */
export function isJob(told: unknown): told is Job {
  return (
    typeof told === "object" &&
    told !== null &&
    "id" in told &&
    typeof told.id === "string" &&
    "status" in told &&
    typeof told.status === "string"
  );
}

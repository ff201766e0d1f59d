import type { JobDepth } from "@/api/types";

export const STATES = ["queued", "running", "failed"] as const;
type Counts = Record<(typeof STATES)[number], number>;

/** One row for each kind of job, with how many of them wait, run and failed. */
export function depthsOf(depths: readonly JobDepth[]): { kind: string; counts: Counts }[] {
  const kinds = [...new Set(depths.map(({ kind }) => kind))];
  const of = (kind: string, status: string) =>
    depths.find((each) => each.kind === kind && each.status === status)?.count ?? 0;
  return kinds.map((kind) => ({
    kind,
    counts: {
      queued: of(kind, "queued"),
      running: of(kind, "running"),
      failed: of(kind, "failed"),
    },
  }));
}

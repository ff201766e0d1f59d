import type { Answered } from "./queue";

/** What was answered since the desk was opened. */
export interface Session {
  readonly answered: number;
  readonly corrected: number;
  /** Seconds that half of the items took less than; null before the first. */
  readonly median: number | null;
}

/** The figures of answers that stand; what was skipped is no answer. */
export function sessionOf(past: readonly Answered[]): Session {
  const answers = past.filter(({ outcome }) => outcome !== "skip");
  const sorted = answers.map(({ seconds }) => seconds).sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] =
    sorted.length % 2 === 1
      ? [sorted[middle], sorted[middle]]
      : [sorted[middle - 1], sorted[middle]];
  return {
    answered: answers.length,
    corrected: answers.filter(({ outcome }) => outcome === "correct").length,
    median: answers.length === 0 ? null : (low + high) / 2,
  };
}

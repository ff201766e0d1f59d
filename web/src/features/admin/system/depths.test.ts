import { expect, test } from "vitest";

import { depthsOf } from "./depths";

test("jobs are counted by kind, what has ended well aside", () => {
  const depths: Parameters<typeof depthsOf>[0] = [
    { kind: "index", status: "queued", count: 3 },
    { kind: "index", status: "succeeded", count: 90 },
    { kind: "purge", status: "failed", count: 1 },
  ];
  expect(depthsOf(depths)).toEqual([
    { kind: "index", counts: { queued: 3, running: 0, failed: 0 } },
    { kind: "purge", counts: { queued: 0, running: 0, failed: 1 } },
  ]);
});

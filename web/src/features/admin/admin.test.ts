import { expect, test } from "vitest";

import { depthsOf } from "./depths";
import { webhookParams } from "./params";
import { eventsOf, madeUp } from "./words";

test("a made-up password is long, legible and never the same", () => {
  expect(madeUp()).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  expect(madeUp()).not.toBe(madeUp());
});

test("only events and states that there are are taken", () => {
  expect(eventsOf(["job.failed", "job.won"])).toEqual(["job.failed"]);
  expect(webhookParams({ status: "given_up" })).toEqual({ status: "given_up" });
  expect(webhookParams({ status: "lost" })).toEqual({});
});

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

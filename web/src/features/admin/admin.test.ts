import { expect, test } from "vitest";

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

import { expect, test } from "vitest";

import { webhookParams } from "./params";
import { eventsOf } from "./words";

test("only events and states that there are are taken", () => {
  expect(eventsOf(["job.failed", "job.won"])).toEqual(["job.failed"]);
  expect(webhookParams({ status: "given_up" })).toEqual({ status: "given_up" });
  expect(webhookParams({ status: "lost" })).toEqual({});
});

import { expect, test } from "vitest";

import type { Job } from "@/api/types";

import { jobsOf, merged, type Listed } from "./live";
import { jobsParams } from "./params";

function job(id: string, given: Partial<Job> = {}): Job {
  return {
    id,
    kind: "index",
    status: "queued",
    product_id: null,
    progress: 0,
    done: 0,
    total: 0,
    attempts: 0,
    error_code: null,
    error_message: null,
    error_hint: null,
    created_at: "2026-01-01T00:00:00Z",
    started_at: null,
    finished_at: null,
    cancel_asked_at: null,
    batch_id: null,
    ...given,
  };
}

function list(ids: string[], next_cursor: string | null = null): Listed {
  return { pages: [{ jobs: ids.map((id) => job(id)), next_cursor }], pageParams: [""] };
}

function ids(given: Listed): string[] {
  return given.pages.flatMap((page) => page.jobs.map((each) => each.id));
}

test("a new job comes first, a known one changes in its place", () => {
  const now = merged(list(["3", "1"]), [job("4"), job("1", { status: "running" })], {});
  expect(ids(now)).toEqual(["4", "3", "1"]);
  expect(now.pages[0]?.jobs[2]?.status).toBe("running");
});

test("a job that no longer fits the filter leaves, one that never did stays out", () => {
  const failed = [job("3", { status: "failed" }), job("4", { status: "failed" })];
  expect(ids(merged(list(["3", "1"]), failed, { status: "queued" }))).toEqual(["1"]);
});

test("a job older than what is shown waits for its page", () => {
  expect(ids(merged(list(["5", "4"], "4"), [job("2")], {}))).toEqual(["5", "4"]);
  expect(ids(merged(list(["5", "4"]), [job("2")], {}))).toEqual(["5", "4", "2"]);
});

test("a list that stays open does not grow without end", () => {
  const numbers = Array.from({ length: 260 }, (_, n) => String(n).padStart(4, "0"));
  const now = merged(
    list(["0000"]),
    numbers.map((id) => job(id)),
    {},
  );
  expect(ids(now)).toHaveLength(200);
  expect(now.pages[0]?.next_cursor).toBe("0060");
});

test("of an address only what is understood is kept", () => {
  expect(jobsParams({ status: "failed", kind: "import" })).toEqual({
    status: "failed",
    kind: "import",
  });
  expect(jobsParams({ status: "lost", kind: 3 })).toEqual({});
});

test("an event tells one job or many, and anything else is passed over", () => {
  const one = { id: "1", status: "queued" };
  expect(jobsOf(JSON.stringify(one))).toEqual([one]);
  expect(jobsOf(JSON.stringify({ jobs: [one, "two"] }))).toEqual([one]);
  expect(jobsOf('"hello"')).toEqual([]);
});

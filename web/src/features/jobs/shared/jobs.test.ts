import type { TFunction } from "i18next";
import { expect, test } from "vitest";

import type { Job, JobGroup } from "@/api/types";

import { jobsParams } from "./params";
import { extent, groupName, jobsOf } from "./told";

const JOB: Job = {
  id: "1",
  kind: "index",
  status: "queued",
  product_id: null,
  batch_id: null,
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
};
const DRESS = { id: "p", title: "Dress", image_id: null, thumbnail_url: null };

function group(job: Partial<Job>, given: Partial<JobGroup> = {}): JobGroup {
  const alone = { state: "open", name: "", product: null, counts: {}, failure: null, shown: [] };
  return { ...(alone as Omit<JobGroup, "job">), job: { ...JOB, ...job }, ...given };
}

// Says which text it would be, and with what.
const t = ((name: string, given?: object) =>
  given ? `${name} ${Object.values(given).join(" ")}` : name) as unknown as TFunction;

test("a job is called by what it is about", () => {
  const about = { product_id: "p" };
  expect(groupName(t, group({ kind: "doubts" }))).toBe("jobs.kind.doubts");
  expect(groupName(t, group(about, { product: DRESS }))).toBe("jobs.named jobs.kind.index Dress");
  expect(groupName(t, group({ kind: "import" }, { name: "a.csv", counts: { queued: 3 } }))).toBe(
    "jobs.named jobs.kind.import a.csv",
  );
  expect(groupName(t, group(about, { product: DRESS, counts: { failed: 2 } }))).toBe(
    "jobs.batchOf jobs.kind.index 3",
  );
  expect(groupName(t, group(about))).toBe("jobs.kind.index");
});

test("what has failed or was cancelled is done, too", () => {
  const counts = { queued: 1, running: 2, succeeded: 3, failed: 4, cancelled: 5 };
  expect(extent({ counts })).toEqual({ total: 15, done: 12 });
  expect(extent({ counts: {} })).toEqual({ total: 0, done: 0 });
});

test("of an address only what is understood is kept", () => {
  expect(jobsParams({ state: "failed", kind: "import", housekeeping: true })).toEqual({
    state: "failed",
    kind: "import",
    housekeeping: true,
  });
  expect(jobsParams({ state: "lost", kind: 3, housekeeping: "yes" })).toEqual({});
});

test("an event tells one job or many, and anything else is passed over", () => {
  const one = { id: "1", status: "queued" };
  expect(jobsOf(JSON.stringify(one))).toEqual([one]);
  expect(jobsOf(JSON.stringify({ jobs: [one, "two"] }))).toEqual([one]);
  expect(jobsOf('"hello"')).toEqual([]);
});

import { expect, test } from "vitest";

import { importParams } from "./params";

const ID = "0192f0aa-1111-7abc-8def-0123456789ab";

test("the jobs in an address are ids of ours or nothing", () => {
  expect(importParams({ check: ID, job: 5 })).toEqual({ check: ID });
});

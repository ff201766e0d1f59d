import { expect, test } from "vitest";

import { auditParams, exportHref } from "./params";

test("only what we understand of an address is asked for", () => {
  expect(auditParams({ action: "user", outcome: "maybe", actor: "", target: 5, x: "y" })).toEqual({
    action: "user",
  });
});

test("an export holds what is shown", () => {
  const href = exportHref({ action: "key", actor: "a+b@example.org" }, "csv");
  expect(href).toBe("/v1/audit/export?action=key&actor=a%2Bb%40example.org&format=csv");
});

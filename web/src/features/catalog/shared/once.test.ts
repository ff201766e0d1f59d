import { expect, test } from "vitest";

import { onceFor } from "./once";

test("the same content sent again has the same key, other content another", () => {
  const first = onceFor(null, "a");
  expect(onceFor(first, "a").key).toBe(first.key);
  expect(onceFor(first, "b").key).not.toBe(first.key);
  expect(first.key).toMatch(/^[\x21-\x7e]{1,200}$/);
});

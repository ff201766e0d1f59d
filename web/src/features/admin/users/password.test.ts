import { expect, test } from "vitest";

import { madeUp } from "./password";

test("a made-up password is long, legible and never the same", () => {
  expect(madeUp()).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  expect(madeUp()).not.toBe(madeUp());
});

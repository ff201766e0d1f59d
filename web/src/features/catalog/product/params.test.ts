import { expect, test } from "vitest";

import { productParams } from "./params";

const ID = "0192f0aa-1111-7abc-8def-0123456789ab";

test("the photo in an address is an id of ours or nothing", () => {
  expect(productParams({ photo: ID, edit: true })).toEqual({ photo: ID, edit: true });
  expect(productParams({ photo: "../../me", edit: "true" })).toEqual({});
});

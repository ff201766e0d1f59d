import { expect, test } from "vitest";

import { isPicture, sentSize, shrunk } from "./photos";

test("a photo is sent with its longest side at 1600 pixels, never enlarged", () => {
  expect(sentSize(8192, 6144)).toEqual({ width: 1600, height: 1200 });
  expect(sentSize(3000, 9000)).toEqual({ width: 533, height: 1600 });
  expect(sentSize(1600, 900)).toEqual({ width: 1600, height: 900 });
  expect(sentSize(90_000, 3)).toEqual({ width: 1600, height: 1 });
});

test("pictures are told by their type, or by their name where a system knows no type", () => {
  expect(isPicture({ type: "image/png", name: "a" })).toBe(true);
  expect(isPicture({ type: "", name: "IMG_0001.HEIC" })).toBe(true);
  expect(isPicture({ type: "text/csv", name: "list.csv" })).toBe(false);
});

test("what the browser cannot read goes as it is", async () => {
  const photo = new File(["no picture"], "a.heic");
  expect(await shrunk([photo])).toEqual([photo]);
});

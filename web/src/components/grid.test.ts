import { expect, test } from "vitest";

import { arrow, columnsOf } from "./grid";

test.each([
  [328, 2],
  [358, 2],
  [1100, 5],
  [1376, 7],
  [1712, 9],
])("%i pixels hold %i columns that fill them", (width, columns) => {
  const told = columnsOf(width);
  expect(told.columns).toBe(columns);
  expect(told.side * columns + 16 * (columns - 1)).toBeCloseTo(width);
});

test("arrows lead through rows and stop at the ends", () => {
  expect(arrow("ArrowDown", 1, 3, 8)).toBe(4);
  expect(arrow("ArrowDown", 6, 3, 8)).toBeNull();
  expect(arrow("ArrowLeft", 0, 3, 8)).toBeNull();
  expect(arrow("End", 2, 3, 8)).toBe(7);
  expect(arrow("Enter", 2, 3, 8)).toBeNull();
});

import { expect, test } from "vitest";

import { columnsOf } from "./grid";

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

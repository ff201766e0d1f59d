import { expect, test } from "vitest";

import { csvRows, rowErrors } from "./csv";

test("quotes hold commas, line breaks and quotes", () => {
  expect(csvRows('a,"b, c","say ""no""","two\nlines"\r\n1,,3,\r\n')).toEqual([
    ["a", "b, c", 'say "no"', "two\nlines"],
    ["1", "", "3", ""],
  ]);
  expect(csvRows("")).toEqual([]);
  expect(csvRows("a,b")).toEqual([["a", "b"]]);
});

test("an import's errors are read without their heading", () => {
  expect(rowErrors("line,external_id,field,reason\r\n7,A-1,price,is no amount\r\n")).toEqual([
    { line: 7, externalId: "A-1", field: "price", reason: "is no amount" },
  ]);
});

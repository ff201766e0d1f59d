import { expect, test } from "vitest";

import { columnsIn, columnsOf, csvRows, rowErrors } from "./csv";

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

test.each([
  ['Artikel;"Name; lang";Preis\n1;2;3', ["Artikel", "Name; lang", "Preis"]],
  ["\ufeffsku,title,price\r\n", ["sku", "title", "price"]],
  ["id\ttitle\n", ["id", "title"]],
  ["a|b|c", ["a", "b", "c"]],
  ['{"sku": 1, "title": "x"}\n{"other": 2}', ["sku", "title"]],
  ["{broken", []],
  ["", []],
])("the columns of %j are told", (text, columns) => {
  expect(columnsIn(text)).toEqual(columns);
});

test("a file's columns are told whatever its encoding", async () => {
  const latin = new Uint8Array([...Array.from("Gr", (c) => c.charCodeAt(0)), 0xf6, 0xdf, 0x65]);
  expect(await columnsOf(new File([latin], "a.csv"))).toEqual(["Größe"]);
  expect(await columnsOf(new File(["Größe;Preis"], "a.csv"))).toEqual(["Größe", "Preis"]);
});

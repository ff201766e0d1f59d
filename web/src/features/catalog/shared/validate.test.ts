import { describe, expect, test } from "vitest";

import type { Fields, ProductField } from "@/api/types";

import {
  amount,
  changesOf,
  draftOf,
  EMPTY,
  faultsOf,
  fieldsOf,
  type AttributeRow,
  type Draft,
} from "./validate";

const NAMES = { en: "", de: "", ja: "" };
const field = (name: string, max_length: number | null, given: Partial<ProductField> = {}) => ({
  ...{ name, names: NAMES, max_length, kind: "text" as const, required: false },
  ...{ facet: false, listed: false, shared: true, choices: [] },
  ...given,
});

/** As the server declares some of its fields. */
const DECLARED: Fields = {
  fields: [
    field("external_id", 200, { required: true }),
    field("title", 500, { required: true }),
    field("description", 20_000, { kind: "long_text" }),
    field("colour", 100),
    field("brand", 200),
    field("gender", 50),
    field("price", null, { kind: "amount" }),
    field("currency", null, { kind: "currency" }),
    field("url", 2000, { kind: "address" }),
    field("attributes", null, { kind: "attributes" }),
  ],
  facets: [],
  attributes: { most: 100, longest_name: 100, longest_value: 4_000 },
};

function made(texts: Draft["texts"], attributes: readonly AttributeRow[] = []): Draft {
  return { ...EMPTY, texts: { external_id: "A-1", title: "Linen shirt", ...texts }, attributes };
}

function faults(texts: Draft["texts"], attributes: readonly AttributeRow[] = []) {
  return faultsOf(made(texts, attributes), DECLARED);
}

test("an id and a title are enough", () => {
  expect(faults({})).toEqual({});
  expect(fieldsOf(made({}), DECLARED)).toMatchObject({
    external_id: "A-1",
    price: null,
    attributes: {},
  });
});

test("blanks are no title", () => {
  expect(faults({ title: "  \n", external_id: "" })).toEqual({
    title: { reason: "missing" },
    external_id: { reason: "missing" },
  });
});

test("lengths count letters as the server does, after trimming", () => {
  expect(faults({ title: ` ${"x".repeat(500)} ` })).toEqual({});
  expect(faults({ title: "x".repeat(501) }).title).toEqual({ reason: "tooLong", limit: 500 });
  // Two UTF-16 units each, one letter each.
  expect(faults({ colour: "👗".repeat(100) })).toEqual({});
  expect(faults({ gender: "x".repeat(51) }).gender).toEqual({ reason: "tooLong", limit: 50 });
});

test("letters that no text holds are refused, line breaks are not", () => {
  expect(faults({ description: "a\u0007b" }).description).toEqual({ reason: "control" });
  expect(faults({ brand: "a\u0085" }).brand).toEqual({ reason: "control" });
  expect(faults({ brand: "a\ud800" }).brand).toEqual({ reason: "unicode" });
  expect(faults({ description: "one\r\n\ttwo" })).toEqual({});
});

test.each(["", "https://shop.example/a?b=1#c", " http://localhost:8080/ä "])(
  "a page of the shop may be %j",
  (url) => {
    expect(faults({ url })).toEqual({});
  },
);

test.each(["shop.example", "/a", "javascript:alert(1)", "https://", "https://a b", "https://u@a/"])(
  "a page of the shop is not %j",
  (url) => {
    expect(faults({ url }).url).toEqual({ reason: "address" });
  },
);

describe("a price", () => {
  test.each(["", "0", "59.90", "0.0001", "999999999999.9999", "19,90"])("may be %j", (price) => {
    expect(faults({ price })).toEqual({});
  });

  test.each([
    ["-1", "price"],
    ["1e3", "price"],
    ["NaN", "price"],
    ["1.299,00", "price"],
    ["1,299", "price"],
    [".5", "price"],
    ["1000000000000", "priceTooHigh"],
    ["1.00001", "decimals"],
  ])("may not be %j", (price, reason) => {
    expect(faults({ price }).price?.reason).toBe(reason);
  });

  test("is sent with a point", () => {
    expect(amount(" 19,90 ")).toBe("19.90");
    expect(fieldsOf(made({ price: "19,9" }), DECLARED).price).toBe("19.9");
  });
});

test("a currency has three capital letters or is not there", () => {
  expect(faults({ currency: "EUR" })).toEqual({});
  expect(faults({ currency: "eur" }).currency).toEqual({ reason: "currency" });
  expect(faults({ currency: "EURO" }).currency).toEqual({ reason: "currency" });
});

describe("attributes", () => {
  const row = (
    name: string,
    value: string,
    kind: "text" | "number" | "flag" | "list" = "text",
  ) => ({
    name,
    value,
    kind,
  });

  test("keep their kind from the server to the form and back", () => {
    const attributes = { fit: "slim", length: 71.5, washable: true, sizes: ["S", "M, tall"] };
    const product = { external_id: "A-1", title: "Shirt", price: "5.00", colour: "", attributes };
    const draft = draftOf(product, DECLARED);
    expect(fieldsOf(draft, DECLARED)).toMatchObject(product);
    expect(draftOf({ ...product, price: null }, DECLARED).texts.price).toBe("");
  });

  test("that were added and left blank are no mistake and not sent", () => {
    const rows = [row("", ""), row("fit", "slim"), row("", "true", "flag")];
    expect(faults({}, rows)).toEqual({});
    expect(fieldsOf(made({}, rows), DECLARED).attributes).toEqual({ fit: "slim" });
  });

  test("need a name of their own", () => {
    expect(faults({}, [row("", "slim")])["attributes.0"]?.reason).toBe("missing");
    const twice = faults({}, [row("fit", "a"), row(" fit ", "b")]);
    expect(twice["attributes.1"]?.reason).toBe("twice");
    const long = faults({}, [row("x".repeat(101), "a")]);
    expect(long["attributes.0"]).toEqual({ reason: "tooLong", limit: 100 });
  });

  test("that are numbers hold a number", () => {
    expect(faults({}, [row("length", "long", "number")])["attributes.0"]?.reason).toBe("number");
    expect(faults({}, [row("length", "-7.5", "number")])).toEqual({});
  });

  test("are measured as the server measures them", () => {
    expect(faults({}, [row("a", "x".repeat(3_998))])).toEqual({});
    expect(faults({}, [row("a", "x".repeat(3_999))])["attributes.0"]?.reason).toBe("tooLong");
    expect(faults({}, [row("a", "é".repeat(700))])["attributes.0"]?.reason).toBe("tooLong");
  });

  test("are at most a hundred", () => {
    const many = Array.from({ length: 101 }, (_, place) => row(`a${place}`, "x"));
    expect(faults({}, many).attributes).toEqual({ reason: "tooMany", limit: 100 });
  });
});

test("only what changed is sent", () => {
  const before = fieldsOf(made({ price: "5.00" }), DECLARED);
  const after = fieldsOf(made({ title: "Linen blouse", price: "" }), DECLARED);
  expect(changesOf(before, after)).toEqual({ title: "Linen blouse", price: null });
  expect(changesOf(before, before)).toEqual({});
});

test("of attributes too: null takes one away", () => {
  const before = {
    ...fieldsOf(made({}), DECLARED),
    attributes: { fit: "slim", sizes: ["S"], length: 70 },
  };
  const after = { ...before, attributes: { fit: "wide", sizes: ["S"], lined: true } };
  expect(changesOf(before, after)).toEqual({
    attributes: { fit: "wide", length: null, lined: true },
  });
});

import { expect, test } from "vitest";

import { modelsParams } from "./params";
import { gateOf, needsReason, recipeOf } from "./words";

type Model = NonNullable<Parameters<typeof needsReason>[0]>;
type Collection = Parameters<typeof recipeOf>[0];

function model(status: Model["status"], gate: Model["gate"]): Model {
  return { status, gate } as Model;
}

test("an address names a part of the screen that there is", () => {
  expect(modelsParams({ tab: "training", more: 1 })).toEqual({ tab: "training" });
  expect(modelsParams({ tab: "nothing" })).toEqual({});
});

test("a model that no gate judged has none to show", () => {
  expect(gateOf({ gate: {} })).toBeNull();
  expect(gateOf({ gate: { passed: false } })).toBeNull();
  expect(gateOf({ gate: { passed: true, figures: [] } })).not.toBeNull();
});

test("a reason is asked for where the gate has not passed a model and nobody overruled it", () => {
  expect(needsReason(undefined)).toBe(false);
  expect(needsReason(model("installed", {}))).toBe(false);
  expect(needsReason(model("candidate", { passed: true }))).toBe(false);
  expect(needsReason(model("candidate", {}))).toBe(true);
  expect(needsReason(model("refused", { passed: false }))).toBe(true);
  expect(needsReason(model("candidate", { passed: false, override: {} }))).toBe(false);
});

test("a collection is built on by what it was built with", () => {
  const built = { model_version: "a-1", preprocess_version: "p2-m150-crop-224", text_share: 0.2 };
  expect(recipeOf(built as Collection)).toEqual({
    model_version: "a-1",
    text_share: 0.2,
    margin: 0.15,
    padding: "crop",
  });
});

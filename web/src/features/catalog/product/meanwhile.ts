/** Two people edit one product: what the other changed, and how both go together. */
import { Problem } from "@/api/problem";
import type { Product, ProductFields } from "@/api/types";

import { isSame, rowOf, type Draft } from "../shared/validate";

/** Something another person changed while a form was open. */
export interface Meanwhile {
  /** A field's name, or `attributes.NAME`. */
  field: string;
  theirs: unknown;
  mine: unknown;
  /** Whether the form changed it too, to something else: somebody must choose. */
  clashes: boolean;
}

const ATTRIBUTE = "attributes.";

/** The product as it is now, if that is why a change was refused. */
export function presentOf(error: unknown): Product | null {
  return error instanceof Problem && error.status === 412 && isProduct(error.present)
    ? error.present
    : null;
}

/** What others changed since `before`, next to what the form holds; nothing of what both did. */
export function changedMeanwhile(
  before: ProductFields,
  present: ProductFields,
  form: ProductFields,
): Meanwhile[] {
  const [was, now, mine] = [flat(before), flat(present), flat(form)];
  return [...new Set([...was.keys(), ...now.keys()])]
    .map((field) => ({
      field,
      theirs: now.get(field),
      mine: mine.get(field),
      clashes: !isSame(mine.get(field), was.get(field)),
    }))
    .filter(({ field, theirs }) => !isSame(theirs, was.get(field)))
    .filter(({ theirs, mine: own }) => !isSame(theirs, own));
}

/** A form in which one field or attribute has another value; undefined takes an attribute away. */
export function withValue(draft: Draft, field: string, value: unknown): Draft {
  const name = attributeOf(field);
  if (name === null) {
    return { ...draft, texts: { ...draft.texts, [field]: typeof value === "string" ? value : "" } };
  }
  const place = draft.attributes.findIndex((row) => row.name.trim() === name);
  const rows = value === undefined ? [] : [rowOf(name, value)];
  const at = place === -1 ? draft.attributes.length : place;
  return { ...draft, attributes: draft.attributes.toSpliced(at, place === -1 ? 0 : 1, ...rows) };
}

/** The value that a form has for a field or attribute. */
export function valueIn(fields: ProductFields, field: string): unknown {
  return flat(fields).get(field);
}

/** The name of the attribute that `field` stands for, if it stands for one. */
export function attributeOf(field: string): string | null {
  return field.startsWith(ATTRIBUTE) ? field.slice(ATTRIBUTE.length) : null;
}

function flat({ attributes = {}, ...fields }: ProductFields): Map<string, unknown> {
  const named = Object.entries(attributes).map(
    ([name, value]) => [ATTRIBUTE + name, value] as const,
  );
  return new Map<string, unknown>([...Object.entries(fields), ...named]);
}

function isProduct(present: unknown): present is Product {
  return typeof present === "object" && present !== null && "version" in present;
}

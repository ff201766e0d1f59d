/** Names that the server uses, as texts of ours where there is one. */
import type { TFunction } from "i18next";

import en from "@/texts/en.json";
import { isNamed } from "@/texts/words";

import type { Fault } from "./validate";

/** A field of a product, or what a column of a file becomes. */
export function fieldName(t: TFunction, field: string): string {
  return isNamed(en.catalog.field, field) ? t(`catalog.field.${field}`) : field;
}

/** Why a field is not taken. */
export function faultText(t: TFunction, fault: Fault): string {
  return t(`catalog.fault.${fault.reason}`, { limit: fault.limit ?? 0 });
}

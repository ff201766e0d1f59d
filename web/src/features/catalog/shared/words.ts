/** Names that the server uses, as texts of ours where there is one. */
import type { TFunction } from "i18next";

import en from "@/texts/en.json";

import type { Fault } from "./validate";

const { kind: KINDS, reason: REASONS, part: PARTS, field: FIELDS } = en.catalog;
const { action: ACTIONS, jobKind: JOB_KINDS, jobStatus: JOB_STATUSES } = en.catalog;

/** What kind of thing a crop shows. */
export function kindName(t: TFunction, kind: string): string {
  return isOf(KINDS, kind) ? t(`catalog.kind.${kind}`) : kind;
}

/** Why a crop is kept or rejected. */
export function reasonName(t: TFunction, reason: string): string {
  return isOf(REASONS, reason) ? t(`catalog.reason.${reason}`) : reason;
}

/** A part of a crop's score. */
export function partName(t: TFunction, part: string): string {
  return isOf(PARTS, part) ? t(`catalog.part.${part}`) : part;
}

/** A field of a product, or what a column of a file becomes. */
export function fieldName(t: TFunction, field: string): string {
  return isOf(FIELDS, field) ? t(`catalog.field.${field}`) : field;
}

/** What was done to a product. */
export function actionName(t: TFunction, action: string): string {
  return isOf(ACTIONS, action) ? t(`catalog.action.${action}`) : action;
}

export function jobKindName(t: TFunction, kind: string): string {
  return isOf(JOB_KINDS, kind) ? t(`catalog.jobKind.${kind}`) : kind;
}

export function jobStatusName(t: TFunction, status: string): string {
  return isOf(JOB_STATUSES, status) ? t(`catalog.jobStatus.${status}`) : status;
}

/** Any value of a product on one line, as before and after a change. */
export function valueText(t: TFunction, value: unknown): string {
  if (value === null || value === undefined || value === "") return t("catalog.nothing");
  if (typeof value === "boolean") return value ? t("common.yes") : t("common.no");
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

/** A value of one field, as before and after a change. */
export function changedText(t: TFunction, field: string, value: unknown): string {
  if (typeof value !== "string") return valueText(t, value);
  if (field === "reason") return reasonName(t, value);
  if (field === "verdict" && isOf(VERDICTS, value)) return t(VERDICTS[value]);
  if (field.endsWith("_source") && isOf(SOURCES, value)) return t(SOURCES[value]);
  return valueText(t, value);
}

const VERDICTS = { kept: "catalog.kept", rejected: "catalog.rejected" } as const;
const SOURCES = { model: "catalog.byModel", person: "catalog.byPerson" } as const;

export function faultText(t: TFunction, fault: Fault): string {
  return t(`catalog.fault.${fault.reason}`, { limit: fault.limit ?? 0 });
}

function isOf<Names extends object>(names: Names, name: string): name is keyof Names & string {
  return Object.hasOwn(names, name);
}

/** `three-quarter` as "Three-quarter": how the vocabulary writes, as people read. */
export function readable(word: string): string {
  const spaced = word.replaceAll("_", " ").trim();
  return spaced.charAt(0).toLocaleUpperCase() + spaced.slice(1);
}

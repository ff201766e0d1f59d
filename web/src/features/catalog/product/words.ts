/** Names that the server uses of crops and changes, as texts of ours where there is one. */
import type { TFunction } from "i18next";

import { reasonName } from "@/components/cropWords";
import { isNamed } from "@/texts/words";

/** A part of a crop's score. */
export function partName(t: TFunction, part: string): string {
  return t(`catalog.part.${part}`, { defaultValue: part });
}

/** What was done to a product. */
export function actionName(t: TFunction, action: string): string {
  return t(`catalog.action.${action}`, { defaultValue: action });
}

export function jobKindName(t: TFunction, kind: string): string {
  return t(`catalog.jobKind.${kind}`, { defaultValue: kind });
}

export function jobStatusName(t: TFunction, status: string): string {
  return t(`catalog.jobStatus.${status}`, { defaultValue: status });
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
  if (field === "verdict" && isNamed(VERDICTS, value)) return t(VERDICTS[value]);
  if (field.endsWith("_source") && isNamed(SOURCES, value)) return t(SOURCES[value]);
  return valueText(t, value);
}

const VERDICTS = { kept: "catalog.kept", rejected: "catalog.rejected" } as const;
const SOURCES = { model: "catalog.byModel", person: "catalog.byPerson" } as const;

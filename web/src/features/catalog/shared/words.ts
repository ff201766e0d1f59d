/** Names that the server uses, as texts of ours where there is one. */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { useFieldName } from "@/components/fields";

import type { Fault } from "./validate";

/** The name of a field of a product, or of what else changes or a column of a file becomes. */
export function usePartName(): (field: string) => string {
  const { t } = useTranslation();
  const fieldName = useFieldName();
  return (field) => fieldName(field) ?? t(`catalog.field.${field}`, { defaultValue: field });
}

/** Why a field is not taken. */
export function faultText(t: TFunction, fault: Fault): string {
  return t(`catalog.fault.${fault.reason}`, { limit: fault.limit ?? 0 });
}

/** What a product's status is called; one this page does not know is named as the server does. */
export function statusName(t: TFunction, status: string): string {
  return isNamed(en.catalog.status, status) ? t(`catalog.status.${status}`) : status;
}

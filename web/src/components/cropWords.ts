import type { TFunction } from "i18next";

/** Why a crop is kept or rejected, in words of ours where there are any. */
export function reasonName(t: TFunction, reason: string): string {
  return t(`catalog.reason.${reason}`, { defaultValue: reason });
}

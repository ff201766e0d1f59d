/** Names that the server uses of crops, as texts of ours where there is one. */
import type { TFunction } from "i18next";

/** What kind of thing a crop shows. */
export function kindName(t: TFunction, kind: string): string {
  return t(`catalog.kind.${kind}`, { defaultValue: kind });
}

/** The kinds there are words for. */
export function knownKinds(t: TFunction): readonly string[] {
  return Object.keys(t("catalog.kind", { returnObjects: true }));
}

/** Why a crop is kept or rejected. */
export function reasonName(t: TFunction, reason: string): string {
  return t(`catalog.reason.${reason}`, { defaultValue: reason });
}

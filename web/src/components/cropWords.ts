/** Names that the server uses of crops, as texts of ours where there is one. */
import type { TFunction } from "i18next";

import en from "@/texts/en.json";
import { isNamed } from "@/texts/words";

const { kind: KINDS, reason: REASONS } = en.catalog;

/** What kind of thing a crop shows. */
export function kindName(t: TFunction, kind: string): string {
  return isNamed(KINDS, kind) ? t(`catalog.kind.${kind}`) : kind;
}

/** Why a crop is kept or rejected. */
export function reasonName(t: TFunction, reason: string): string {
  return isNamed(REASONS, reason) ? t(`catalog.reason.${reason}`) : reason;
}

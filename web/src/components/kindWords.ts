import type { TFunction } from "i18next";

import { readable } from "@/texts/words";

/** What kind of garment is seen, as the reader calls it. */
export function kindName(t: TFunction, kind: string): string {
  return t(`common.kind.${kind}`, { defaultValue: readable(kind) });
}

/** The kinds there are words for. */
export function knownKinds(t: TFunction): readonly string[] {
  return Object.keys(t("common.kind", { returnObjects: true }));
}

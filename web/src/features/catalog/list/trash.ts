import type { TFunction } from "i18next";

import type { Product } from "@/api/types";
import { dateTime, relative } from "@/texts/format";

/** One line about a deleted product: how long it can still be restored. */
export function deletionNote(t: TFunction, product: Product): string {
  const gone = product.purge_at ?? null;
  if (gone !== null) return t("catalog.purgeIn", { when: relative(gone) });
  return product.deleted_at === null
    ? ""
    : t("catalog.deletedAt", { when: dateTime(product.deleted_at) });
}

import type { TFunction } from "i18next";

import { dateTime, relative } from "@/texts/format";

import type { Product } from "./queries";

/** When a deleted product goes for good, where the server tells. */
export function purgeAt(product: object): string | null {
  return "purge_at" in product && typeof product.purge_at === "string" ? product.purge_at : null;
}

/** One line about a deleted product: how long it can still be restored. */
export function deletionNote(t: TFunction, product: Product): string {
  const gone = purgeAt(product);
  if (gone !== null) return t("catalog.purgeIn", { when: relative(gone) });
  return product.deleted_at === null
    ? ""
    : t("catalog.deletedAt", { when: dateTime(product.deleted_at) });
}

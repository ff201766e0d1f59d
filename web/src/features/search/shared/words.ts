import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { price } from "@/texts/format";
import { readable } from "@/texts/words";

import type { Active, Price } from "./filters";

/** Facets of our own, whose names are translated; others are named as the catalogue names them. */
const KNOWN = [
  ...(["category", "colour", "brand", "gender", "availability", "price"] as const),
  ...(["pattern", "sleeve", "neckline", "length", "material", "style", "occasion"] as const),
];

/** The words for facets, values and active filters in the reader's language. */
export function useWords() {
  const { t } = useTranslation();
  return {
    facet: (name: string) => facetName(t, name),
    value: readable,
    active: (one: Active, currency: string) => {
      if (one.way === "price") return priceText(t, one.price, currency);
      const blanks = { facet: facetName(t, one.facet), value: readable(one.value) };
      return one.way === "any" ? t("search.isSo", blanks) : t("search.isNot", blanks);
    },
  };
}

function facetName(t: TFunction, name: string): string {
  const bare = name.replace(/^(attributes|labels)\./, "");
  const known = KNOWN.find((one) => one === bare);
  return known ? t(`search.facet.${known}`) : readable(bare);
}

function priceText(t: TFunction, { min, max }: Price, currency: string): string {
  if (min === undefined) return t("search.upTo", { max: price(max ?? 0, currency) });
  if (max === undefined) return t("search.from", { min: price(min, currency) });
  return t("search.between", { min: price(min, currency), max: price(max, currency) });
}

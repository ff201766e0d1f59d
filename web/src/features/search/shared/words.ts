import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { useFacetName, useLabelName } from "@/components/fields";
import { price } from "@/texts/format";
import { readable } from "@/texts/words";

import type { Active, Price } from "./filters";

/** The words for facets, values and active filters in the reader's language. */
export function useWords() {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const labelName = useLabelName();
  const value = (facet: string, word: string) =>
    facet.startsWith(LABEL) ? labelName(facet.slice(LABEL.length), word) : readable(word);
  return {
    facet: facetName,
    value,
    active: (one: Active, currency: string) => {
      if (one.way === "price") return priceText(t, one.price, currency);
      const blanks = { facet: facetName(one.facet), value: value(one.facet, one.value) };
      return one.way === "any" ? t("search.isSo", blanks) : t("search.isNot", blanks);
    },
  };
}

/** What products say themselves stays in their language; labels are words of ours. */
const LABEL = "labels.";

function priceText(t: TFunction, { min, max }: Price, currency: string): string {
  if (min === undefined) return t("search.upTo", { max: price(max ?? 0, currency) });
  if (max === undefined) return t("search.from", { min: price(min, currency) });
  return t("search.between", { min: price(min, currency), max: price(max, currency) });
}

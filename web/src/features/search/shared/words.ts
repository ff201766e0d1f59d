import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import type { FacetCounts, RecognisedWords } from "@/api/types";
import { useFacetName, useLabelName } from "@/components/fields";
import { price } from "@/texts/format";
import { readable } from "@/texts/words";

import type { Active, Price } from "./filters";

/**
 * The words for facets, values and active filters in the reader's language; `counts` tell what the
 * shop's own values mean.
 */
export function useWords(counts?: FacetCounts) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const labelName = useLabelName();
  const value = (facet: string, word: string, means = meaningOf(counts, facet, word)) => {
    const meant = facet.startsWith(LABEL) ? word : means;
    return meant == null ? readable(word) : labelName(facet.replace(BARE, ""), meant);
  };
  return {
    facet: facetName,
    value,
    recognised: (one: RecognisedWords, currency: string) => {
      if (one.read_as !== null) {
        return t("search.readAs", { text: one.text, words: one.read_as });
      }
      if (one.facet === "price") return priceText(t, boundsOf(one), one.currency || currency);
      const facet = one.facet ?? "";
      const [first = one.text] = one.values;
      return t("search.isSo", {
        facet: facetName(facet),
        value: value(facet, first, one.means ?? undefined),
      });
    },
    active: (one: Active, currency: string) => {
      if (one.way === "price") return priceText(t, one.price, currency);
      const blanks = { facet: facetName(one.facet), value: value(one.facet, one.value) };
      return one.way === "any" ? t("search.isSo", blanks) : t("search.isNot", blanks);
    },
  };
}

/** Labels are words of ours; what products say is in the shop's own, which may mean one of ours. */
const LABEL = "labels.";
const BARE = /^(attributes|labels)\./;

function meaningOf(counts: FacetCounts | undefined, facet: string, word: string) {
  return counts?.[facet]?.find(({ value }) => String(value) === word)?.means ?? undefined;
}

function boundsOf({ min, max }: RecognisedWords): Price {
  return {
    ...(min !== null && { min: Number(min) }),
    ...(max !== null && { max: Number(max) }),
  };
}

function priceText(t: TFunction, { min, max }: Price, currency: string): string {
  if (min === undefined) return t("search.upTo", { max: price(max ?? 0, currency) });
  if (max === undefined) return t("search.from", { min: price(min, currency) });
  return t("search.between", { min: price(min, currency), max: price(max, currency) });
}

import i18next from "i18next";
import { useTranslation } from "react-i18next";

import { Offline, Problem } from "@/api/problem";
import { locale } from "@/texts/format";
import type { ReviewDoubt } from "@/api/types";
import { useFacetName } from "@/components/fields";

/** What an act is called, by its name among the keys. */
export function useActName(): (act: string) => string {
  const { t } = useTranslation();
  return (act) => t(`review.act.${act}`, { defaultValue: act });
}

/** What is in doubt, in the reader's words; what the server says of it where we have none. */
export function useDoubtName(): (doubt: Pick<ReviewDoubt, "kind" | "facet" | "says">) => string {
  const { t } = useTranslation();
  const facetName = useFacetName();
  return ({ kind, facet, says }) => {
    const name = facet === null ? "" : facetName(facet);
    return t(`review.doubt.${kind}`, { facet: name, defaultValue: says });
  };
}

/** Why something did not work, in one line. */
export function reasonOf(error: unknown): string {
  if (error instanceof Offline) return i18next.t("state.offlineTitle");
  const [reason] = error instanceof Problem ? Object.values(error.fields) : [];
  return reason ?? (error instanceof Error ? error.message : String(error));
}

/** So many seconds as a person reads them: 8.5 s, 2 min. */
export function seconds(value: number): string {
  const isLong = value >= 120;
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: isLong ? "minute" : "second",
    maximumFractionDigits: isLong || value >= 20 ? 0 : 1,
  }).format(isLong ? value / 60 : value);
}

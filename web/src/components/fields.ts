import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { fieldsQuery, vocabularyQuery } from "@/api/fields";
import type { Fields, Names } from "@/api/types";
import { isLanguage } from "@/texts";
import { readable } from "@/texts/words";

/** A product's fields and the facets of search. The shell has asked for them before any page. */
export function useFields(): Fields {
  return useSuspenseQuery(fieldsQuery).data;
}

/** The name of a product's field in the reader's language; undefined for what is no field. */
export function useFieldName(): (field: string) => string | undefined {
  const said = useSaid();
  const { fields } = useFields();
  return (field) => {
    const declared = fields.find(({ name }) => name === field);
    return declared && said(declared.names);
  };
}

/** The name of a facet in the reader's language; one of a shop's own is named as it names it. */
export function useFacetName(): (facet: string) => string {
  const said = useSaid();
  const { facets } = useFields();
  return (facet) => {
    const bare = facet.replace(/^(attributes|labels)\./, "");
    const known = [facet, bare, `labels.${bare}`]
      .map((name) => facets.find((declared) => declared.name === name))
      .find((declared) => declared !== undefined);
    return known ? said(known.names) : readable(bare);
  };
}

/** Whether vectors tell form and colour apart, so that a search may weigh one against the other. */
export function useHasParts(): boolean {
  const { data } = useQuery(vocabularyQuery);
  return (data?.parts.length ?? 0) > 0;
}

/** A label's word in the reader's language; what products say themselves stays in theirs. */
export function useLabelName(): (facet: string, value: string) => string {
  const said = useSaid();
  const { data } = useQuery(vocabularyQuery);
  return (facet, value) => {
    const values = data?.facets.find(({ name }) => name === facet)?.values;
    const word = values?.find((one) => one.value === value);
    return readable(word ? said(word.names) : value);
  };
}

function useSaid(): (names: Names) => string {
  const { language } = useTranslation().i18n;
  return (names) => names[isLanguage(language) ? language : "en"];
}

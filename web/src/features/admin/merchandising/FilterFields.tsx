import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Field, Select } from "@/components/Field";
import { useFacetName, useFields } from "@/components/fields";
import { fieldText } from "@/components/fieldText";

import styles from "./Merchandising.module.css";
import { filtersOf, type Written } from "./written";

interface Props {
  /** What the names of the fields begin with. */
  name: "filters" | "query_filters";
  label: string;
  given: Written;
  /** What no facet is called; where it is left out there must be one. */
  none?: string;
  error: string | undefined;
}

/** One facet, and its values or bounds. */
export function FilterFields({ name, label, given, none, error }: Props) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const { facets } = useFields();
  const [facet, setFacet] = useState(given.facet || (none ? "" : (facets[0]?.name ?? "")));
  const isRange = facets.some((one) => one.name === facet && one.kind === "range");
  const names = facets.map((one) => [one.name, facetName(one.name)] as const);
  // The order of an object's keys: that no facet is asked for comes first.
  const choices = Object.fromEntries([...(none ? [["", none] as const] : []), ...names]);
  return (
    <>
      <Select
        label={label}
        name={`${name}.facet`}
        value={facet}
        choices={choices}
        onChange={({ target }) => setFacet(target.value)}
      />
      {facet !== "" && !isRange && (
        <Field
          label={t("admin.rules.values")}
          name={`${name}.values`}
          required
          maxLength={1000}
          defaultValue={given.values}
          hint={t("admin.rules.valuesHint")}
          error={error}
        />
      )}
      {isRange && (
        <div className={styles.bounds}>
          {(["min", "max"] as const).map((bound) => (
            <Field
              key={bound}
              label={t(`admin.rules.${bound}`)}
              name={`${name}.${bound}`}
              inputMode="decimal"
              defaultValue={given[bound]}
              error={bound === "min" ? error : undefined}
            />
          ))}
        </div>
      )}
    </>
  );
}

/** The filters that these fields of a form ask for. */
export function filtersIn(form: HTMLFormElement, name: Props["name"]) {
  const [facet, values, min, max] = ["facet", "values", "min", "max"].map((part) =>
    fieldText(form, `${name}.${part}`).trim(),
  );
  return filtersOf({ facet: facet ?? "", values: values ?? "", min: min ?? "", max: max ?? "" });
}

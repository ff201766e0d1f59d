import { Plus, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "@/components/Button";
import { Area, Field, Select } from "@/components/Field";
import { useFacetName, useFields } from "@/components/fields";
import { FailureLine } from "@/components/Notice";
import type { Refused } from "@/components/refused";

import styles from "./Merchandising.module.css";
import { BLANK, type Written } from "./written";

interface Props {
  /** What the server calls these filters. */
  name: "filters" | "query_filters";
  label: string;
  written: readonly Written[];
  /** What no facet is called; where it is left out there must be one. */
  none?: string;
  refused: Refused;
  onChange: (written: readonly Written[]) => void;
}

/** Facets with their values or bounds, all of which hold. */
export function FilterFields({ name, label, written, none, refused, onChange }: Props) {
  const { t } = useTranslation();
  const { facets } = useFields();
  const first = facets[0]?.name ?? "";
  const rows = written.length > 0 ? written : [{ ...BLANK, facet: none ? "" : first }];
  const placeOf = ({ not, facet }: Written) => `${name}.${not ? "not." : ""}${facet}`;
  const isSaid = rows.some((row) => refused.of(placeOf(row)) !== undefined);
  const all = isSaid ? undefined : refused.of(name);
  return (
    <fieldset className={styles.filters}>
      <legend className="hidden-text">{label}</legend>
      {rows.map((row, place) => (
        <Row
          key={place} // a row has no name of its own
          label={place === 0 ? label : t("admin.rules.andBy")}
          row={row}
          none={place === 0 ? none : undefined}
          error={refused.of(placeOf(row))}
          onChange={(changed) => onChange(rows.with(place, changed))}
          {...(rows.length > 1 && { onRemove: () => onChange(rows.toSpliced(place, 1)) })}
        />
      ))}
      {all !== undefined && <FailureLine error={new Error(all)} />}
      {rows[0]?.facet !== "" && (
        <Button
          size="small"
          icon={<Plus size={16} aria-hidden />}
          onClick={() => onChange([...rows, { ...BLANK, facet: first }])}
        >
          {t("admin.rules.addFacet")}
        </Button>
      )}
    </fieldset>
  );
}

interface RowProps {
  label: string;
  row: Written;
  none: string | undefined;
  error: string | undefined;
  onChange: (row: Written) => void;
  /** None for the only row. */
  onRemove?: () => void;
}

function Row({ label, row, none, error, onChange, onRemove }: RowProps) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const { facets } = useFields();
  const isRange = facets.some((one) => one.name === row.facet && one.kind === "range");
  // One of the shop's own attributes may stand in a rule that was made elsewhere.
  const names = [...new Set([...facets.map((one) => one.name), row.facet])].filter(Boolean);
  // The order of an object's keys: that no facet is asked for comes first.
  const choices = Object.fromEntries([
    ...(none ? [["", none] as const] : []),
    ...names.map((one) => [one, facetName(one)] as const),
  ]);
  return (
    <div className={styles.row}>
      <Select
        label={label}
        value={row.facet}
        choices={choices}
        onChange={({ target }) => onChange({ ...BLANK, not: row.not, facet: target.value })}
      />
      {row.facet !== "" && (
        <>
          <Select
            label={t("admin.rules.whether")}
            value={String(row.not)}
            choices={{ false: t("admin.rules.is"), true: t("admin.rules.isNot") }}
            onChange={({ target }) => onChange({ ...row, not: target.value === "true" })}
          />
          {isRange ? (
            <Bounds row={row} error={error} onChange={onChange} />
          ) : (
            <Area
              label={t("admin.rules.values")}
              rows={2}
              required
              maxLength={10_000}
              value={row.values}
              hint={t("admin.rules.valuesHint")}
              error={error}
              onChange={({ target }) => onChange({ ...row, values: target.value })}
            />
          )}
        </>
      )}
      {onRemove && (
        <IconButton label={t("admin.rules.removeFacet")} onClick={onRemove}>
          <X size={18} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}

function Bounds({ row, error, onChange }: Pick<RowProps, "row" | "error" | "onChange">) {
  const { t } = useTranslation();
  return (["min", "max"] as const).map((bound) => (
    <Field
      key={bound}
      label={t(`admin.rules.${bound}`)}
      inputMode="decimal"
      required={row.min === "" && row.max === ""}
      value={row[bound]}
      error={bound === "min" ? error : undefined}
      onChange={({ target }) => onChange({ ...row, [bound]: target.value.trim() })}
    />
  ));
}

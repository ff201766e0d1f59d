import { useQuery } from "@tanstack/react-query";
import { LayoutGrid, Search, Table2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ProductField } from "@/api/types";
import { IconButton } from "@/components/Button";
import { useFieldName, useFields } from "@/components/fields";

import styles from "./Filters.module.css";
import { valuesQuery } from "../shared/queries";
import { statusName } from "../shared/words";
import {
  isNarrowed,
  LONGEST,
  widened,
  withField,
  withoutWords,
  type CatalogueParams,
} from "./params";

interface Props {
  params: CatalogueParams;
  onChange: (params: CatalogueParams, replace?: boolean) => void;
}

/** What narrows the catalogue, and how it is shown. */
export function Filters({ params, onChange }: Props) {
  const { t } = useTranslation();
  const declared = useFields();
  const { data: values } = useQuery(valuesQuery(declared));
  const { view } = params;
  return (
    <div className={styles.bar} role="search" aria-label={t("catalog.filters")}>
      <Words params={params} onChange={onChange} />
      {declared.fields.filter(isChosen).map(({ name }) => (
        <Choice
          key={name}
          name={name}
          value={params.by?.[name] ?? ""}
          values={values?.get(name) ?? []}
          onChange={(value) => onChange(withField(params, name, value))}
        />
      ))}
      <StatusChoice params={params} onChange={onChange} />
      {isNarrowed(params) && (
        <button type="button" className={styles.clear} onClick={() => onChange(widened(params))}>
          <X size={16} aria-hidden />
          {t("catalog.clearFilters")}
        </button>
      )}
      <div className={styles.views} role="group" aria-label={t("catalog.view")}>
        <IconButton
          label={t("catalog.asGrid")}
          aria-pressed={view !== "table"}
          onClick={() => {
            const { view: _, ...rest } = params;
            onChange(rest, true);
          }}
        >
          <LayoutGrid size={18} aria-hidden />
        </IconButton>
        <IconButton
          label={t("catalog.asTable")}
          aria-pressed={view === "table"}
          onClick={() => onChange({ ...params, view: "table" }, true)}
        >
          <Table2 size={18} aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}

// Lists can be narrowed by the article number too, but it is typed, not chosen.
function isChosen({ listed, facet }: ProductField): boolean {
  return listed && facet;
}

const PAUSE = 300;

function Words({ params, onChange }: Props) {
  const { t } = useTranslation();
  const said = params.q ?? "";
  const [typed, setTyped] = useState(said);
  const [known, setKnown] = useState(said);
  // Back, forward and "clear" change the address under the field.
  if (known !== said) {
    setKnown(said);
    if (typed.trim() !== said) setTyped(said);
  }
  useEffect(() => {
    const words = typed.trim();
    if (words === said) return;
    const timer = window.setTimeout(
      () => onChange(words ? { ...params, q: words } : withoutWords(params), true),
      PAUSE,
    );
    return () => window.clearTimeout(timer);
  });
  return (
    <label className={styles.words}>
      <Search size={18} aria-hidden />
      <span className="hidden-text">{t("catalog.words")}</span>
      <input
        type="search"
        value={typed}
        maxLength={LONGEST}
        placeholder={t("catalog.words")}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}

/** Narrows by status, whose values are ours and named in the reader's language. */
function StatusChoice({ params, onChange }: Props) {
  const { t } = useTranslation();
  const { fields } = useFields();
  const choices = fields.find(({ name }) => name === "status")?.choices ?? [];
  return (
    <Choice
      name="status"
      value={params.by?.status ?? ""}
      values={choices}
      nameOf={(value) => statusName(t, value)}
      onChange={(value) => onChange(withField(params, "status", value))}
    />
  );
}

interface ChoiceProps {
  name: string;
  value: string;
  values: readonly string[];
  /** What a value is called; itself if not told otherwise. */
  nameOf?: (value: string) => string;
  onChange: (value: string) => void;
}

function Choice({ name, value, values, nameOf = String, onChange }: ChoiceProps) {
  const label = useFieldName()(name);
  const known = values.some((one) => one.toLowerCase() === value.toLowerCase());
  return (
    <select
      className={styles.choice}
      aria-label={label}
      data-set={value !== ""}
      value={values.find((one) => one.toLowerCase() === value.toLowerCase()) ?? value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{label}</option>
      {value && !known && <option value={value}>{value}</option>}
      {values.map((one) => (
        <option key={one} value={one}>
          {nameOf(one)}
        </option>
      ))}
    </select>
  );
}

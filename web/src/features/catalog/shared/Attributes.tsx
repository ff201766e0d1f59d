import { Plus, X } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "@/components/Button";
import { Area, Field, Select } from "@/components/Field";
import { useFields } from "@/components/fields";
import { FailureLine } from "@/components/Notice";

import styles from "./ProductForm.module.css";
import type { AttributeKind, AttributeRow } from "./validate";
import { usePartName } from "./words";

interface Props {
  rows: readonly AttributeRow[];
  errorOf: (field: string) => string | undefined;
  onChange: (rows: readonly AttributeRow[]) => void;
}

/** The attributes of a product: as many as one likes, each of any name. */
export function Attributes({ rows, errorOf, onChange }: Props) {
  const { t } = useTranslation();
  const partName = usePartName();
  const { most } = useFields().attributes;
  const list = useRef<HTMLUListElement>(null);
  const add = () => {
    onChange([...rows, { name: "", kind: "text", value: "" }]);
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>("li:last-child input")?.focus(),
    );
  };
  const all = errorOf("attributes");
  return (
    <fieldset className={styles.attributes}>
      <legend>{partName("attributes")}</legend>
      <ul ref={list}>
        {rows.map((row, place) => (
          <Row
            // Rows have no name of their own before one is typed.
            key={place}
            row={row}
            error={errorOf(`attributes.${place}`)}
            onChange={(changed) =>
              onChange(rows.map((one, other) => (other === place ? changed : one)))
            }
            onRemove={() => onChange(rows.filter((_, other) => other !== place))}
          />
        ))}
      </ul>
      {all !== undefined && <FailureLine error={new Error(all)} />}
      <Button
        size="small"
        icon={<Plus size={16} aria-hidden />}
        disabled={rows.length >= most}
        onClick={add}
      >
        {t("catalog.addAttribute")}
      </Button>
    </fieldset>
  );
}

interface RowProps {
  row: AttributeRow;
  error: string | undefined;
  onChange: (row: AttributeRow) => void;
  onRemove: () => void;
}

function Row({ row, error, onChange, onRemove }: RowProps) {
  const { t } = useTranslation();
  return (
    <li className={styles.row}>
      <Field
        label={t("catalog.attributeName")}
        value={row.name}
        error={error}
        autoComplete="off"
        onChange={(event) => onChange({ ...row, name: event.target.value })}
      />
      <Select
        label={t("catalog.attributeKind")}
        value={row.kind}
        choices={{
          text: t("catalog.kindText"),
          number: t("catalog.kindNumber"),
          flag: t("catalog.kindFlag"),
          list: t("catalog.kindList"),
        }}
        onChange={(event) => {
          const kind = event.target.value;
          if (isKind(kind)) onChange({ ...row, kind, ...(kind === "flag" && { value: "true" }) });
        }}
      />
      <Value row={row} onChange={(value) => onChange({ ...row, value })} />
      <IconButton label={t("catalog.removeAttribute", { name: row.name })} onClick={onRemove}>
        <X size={18} aria-hidden />
      </IconButton>
    </li>
  );
}

function Value({ row, onChange }: { row: AttributeRow; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const common = {
    label: t("catalog.attributeValue"),
    value: row.value,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  if (row.kind === "flag") {
    return <Select {...common} choices={{ true: t("common.yes"), false: t("common.no") }} />;
  }
  if (row.kind === "list") return <Area {...common} rows={3} hint={t("catalog.listHint")} />;
  return (
    <Field {...common} autoComplete="off" inputMode={row.kind === "number" ? "decimal" : "text"} />
  );
}

function isKind(kind: string): kind is AttributeKind {
  return ["text", "number", "flag", "list"].includes(kind);
}

import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type ReactNode, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import type { ProductField, ProductFields } from "@/api/types";
import { Area, Field, Select } from "@/components/Field";
import { useFields } from "@/components/fields";
import { FailureLine } from "@/components/Notice";
import { useRefused, type Refused } from "@/components/refused";

import { Attributes } from "./Attributes";
import styles from "./ProductForm.module.css";
import { valuesQuery } from "./queries";
import { faultsOf, textFields, type Draft, type Faults } from "./validate";
import { faultText, statusName, usePartName } from "./words";

interface Props {
  id: string;
  draft: Draft;
  onChange: (draft: Draft) => void;
  onSubmit: () => void;
  /** Why the server did not take it. */
  error: Error | null;
  /** What it was sent then. */
  sent: ProductFields | undefined;
  /** More to fill in, above the fields. */
  children?: ReactNode;
}

/** The fields of a product. What the server would refuse is said before it is asked. */
export function ProductForm({ id, draft, onChange, onSubmit, error, sent, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(0);
  const declared = useFields();
  const faults = faultsOf(draft, declared);
  const names = [...declared.fields.map(({ name }) => name), "images"];
  const refused = useRefused(error, sent, names);
  const errorOf = useErrors(faults, left, tried > 0, refused);
  const lists = useId();
  // After a refusal the first field that needs a hand has the focus.
  useEffect(() => {
    if (tried > 0 || error) {
      form.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
    }
  }, [tried, error]);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (Object.keys(faults).length === 0) onSubmit();
    else setTried((times) => times + 1);
  };
  return (
    <form id={id} ref={form} className={styles.form} onSubmit={submit} noValidate>
      {children}
      <Fields
        texts={draft.texts}
        errorOf={errorOf}
        lists={lists}
        onLeave={(name) => setLeft((names) => new Set([...names, name]))}
        onChange={(texts) => onChange({ ...draft, texts })}
      />
      <Attributes
        rows={draft.attributes}
        errorOf={errorOf}
        onChange={(attributes) => onChange({ ...draft, attributes })}
      />
      <FailureLine error={refused.rest} />
      <Suggestions lists={lists} />
    </form>
  );
}

interface FieldsProps {
  texts: Draft["texts"];
  errorOf: (field: string) => string | undefined;
  lists: string;
  onLeave: (field: string) => void;
  onChange: (texts: Draft["texts"]) => void;
}

/** What every product says comes first and wide, short things that some say in pairs below. */
function Fields({ texts, errorOf, lists, onLeave, onChange }: FieldsProps) {
  const declared = textFields(useFields());
  const input = (field: ProductField) => (
    <Input
      key={field.name}
      field={field}
      value={texts[field.name] ?? ""}
      error={errorOf(field.name)}
      list={field.facet && field.kind === "text" ? `${lists}-${field.name}` : undefined}
      onLeave={() => onLeave(field.name)}
      onChange={(value) => onChange({ ...texts, [field.name]: value })}
    />
  );
  return (
    <>
      {declared.filter(isWide).map(input)}
      <div className={styles.pair}>{declared.filter((field) => !isWide(field)).map(input)}</div>
    </>
  );
}

function isWide({ kind, required }: ProductField): boolean {
  return required || kind === "long_text";
}

interface InputProps {
  field: ProductField;
  value: string;
  error: string | undefined;
  /** The id of the words that are offered while one types. */
  list: string | undefined;
  onLeave: () => void;
  onChange: (value: string) => void;
}

function Input({ field, value, error, list, onLeave, onChange }: InputProps) {
  const { name, kind, required } = field;
  const hint = useHint(field);
  const { t } = useTranslation();
  const label = usePartName()(name);
  const common = { name, value, error, label, hint, onBlur: onLeave };
  const change = ({ target }: { target: { value: string } }) =>
    onChange(kind === "currency" ? target.value.toUpperCase() : target.value);
  if (field.choices.length > 0) {
    const choices = Object.fromEntries(
      field.choices.map((value) => [value, name === "status" ? statusName(t, value) : value]),
    );
    return <Select {...common} choices={choices} onChange={change} />;
  }
  if (kind === "long_text") return <Area {...common} rows={4} onChange={change} />;
  return (
    <Field
      {...common}
      {...(required && { "aria-required": true })}
      {...(kind === "amount" ? { inputMode: "decimal" } : { autoComplete: "off" })}
      {...(kind === "address" && { inputMode: "url" })}
      {...(kind === "currency" && { maxLength: 3 })}
      list={list}
      onChange={change}
    />
  );
}

function useHint({ name, kind, required }: ProductField): string | undefined {
  const { t } = useTranslation();
  if (name === "external_id") return t("catalog.idHint");
  if (kind === "currency") return t("catalog.currencyHint");
  return required ? t("common.required") : undefined;
}

function Suggestions({ lists }: { lists: string }) {
  const { data } = useQuery(valuesQuery(useFields()));
  return [...(data ?? [])].map(([facet, values]) => (
    <datalist key={facet} id={`${lists}-${facet}`}>
      {values.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  ));
}

/** The error of a field: the server's, or ours once the field was left or sent. */
function useErrors(
  faults: Faults,
  left: ReadonlySet<string>,
  tried: boolean,
  refused: Refused,
): (field: string) => string | undefined {
  const { t } = useTranslation();
  return (field) => {
    const fault = faults[field];
    if (fault && (tried || left.has(field))) return faultText(t, fault);
    return refused.of(field);
  };
}

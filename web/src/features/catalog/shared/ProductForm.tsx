import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type ReactNode, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/api/problem";
import { Area, Field } from "@/components/Field";
import { FailureLine } from "@/components/Notice";

import { Attributes } from "./Attributes";
import styles from "./ProductForm.module.css";
import { valuesQuery } from "./queries";
import { faultsOf, type Draft, type Faults, type TextName } from "./validate";
import { faultText, fieldName } from "./words";

interface Props {
  id: string;
  draft: Draft;
  onChange: (draft: Draft) => void;
  onSubmit: () => void;
  /** Why the server did not take it. */
  error: Error | null;
  /** More to fill in, above the fields. */
  children?: ReactNode;
}

/** The fields of a product. What the server would refuse is said before it is asked. */
export function ProductForm({ id, draft, onChange, onSubmit, error, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(0);
  const faults = faultsOf(draft);
  const errorOf = useErrors(faults, left, tried > 0, error);
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
  const text = (name: TextName) => ({
    name,
    value: draft[name],
    error: errorOf(name),
    onBlur: () => setLeft((names) => new Set([...names, name])),
    onChange: (event: { target: { value: string } }) =>
      onChange({ ...draft, [name]: event.target.value }),
  });
  return (
    <form id={id} ref={form} className={styles.form} onSubmit={submit} noValidate>
      {children}
      <Fields draft={draft} text={text} lists={lists} onChange={onChange} />
      <Attributes
        rows={draft.attributes}
        errorOf={errorOf}
        onChange={(attributes) => onChange({ ...draft, attributes })}
      />
      {error && Object.keys(fieldsOfProblem(error)).length === 0 && <FailureLine error={error} />}
      <Suggestions lists={lists} />
    </form>
  );
}

interface TextProps {
  name: string;
  value: string;
  error: string | undefined;
  onBlur: () => void;
  onChange: (event: { target: { value: string } }) => void;
}

interface FieldsProps {
  draft: Draft;
  text: (name: TextName) => TextProps;
  lists: string;
  onChange: (draft: Draft) => void;
}

/** Fields whose usual words are offered while one types. */
const SUGGESTED = ["category", "colour", "brand", "gender"] as const;

function Fields({ draft, text, lists, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const required = t("common.required");
  return (
    <>
      <Field
        {...text("title")}
        label={fieldName(t, "title")}
        hint={required}
        aria-required
        autoComplete="off"
      />
      <Field
        {...text("external_id")}
        label={fieldName(t, "external_id")}
        hint={t("catalog.idHint")}
        aria-required
        autoComplete="off"
      />
      <Area {...text("description")} label={fieldName(t, "description")} rows={4} />
      <div className={styles.pair}>
        {SUGGESTED.map((name) => (
          <Field
            key={name}
            {...text(name)}
            label={fieldName(t, name)}
            list={`${lists}-${name}`}
            autoComplete="off"
          />
        ))}
        <Field {...text("price")} label={fieldName(t, "price")} inputMode="decimal" />
        <Field
          {...text("currency")}
          label={fieldName(t, "currency")}
          hint={t("catalog.currencyHint")}
          maxLength={3}
          onChange={(event) => onChange({ ...draft, currency: event.target.value.toUpperCase() })}
        />
      </div>
    </>
  );
}

function Suggestions({ lists }: { lists: string }) {
  const { data } = useQuery(valuesQuery);
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
  error: Error | null,
): (field: string) => string | undefined {
  const { t } = useTranslation();
  const told = fieldsOfProblem(error);
  return (field) => {
    const fault = faults[field];
    if (fault && (tried || left.has(field))) return faultText(t, fault);
    return told[field];
  };
}

function fieldsOfProblem(error: Error | null): Readonly<Record<string, string>> {
  return error instanceof Problem ? error.fields : {};
}

import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { BulkAction, ProductFields } from "@/api/types";
import { Button } from "@/components/Button";
import { Field, Select } from "@/components/Field";
import { useFields } from "@/components/fields";
import { FormDialog } from "@/components/FormDialog";
import { useRefused } from "@/components/refused";

import { EMPTY, faultsOf, fieldsOf, type Draft } from "../shared/validate";
import { faultText, statusName, usePartName } from "../shared/words";

type Values = NonNullable<BulkAction["set"]>;

/** What stands for an attribute of any name among the fields to choose from. */
const ATTRIBUTE = "attribute";

/** What does not fit on a line. */
const LONG: readonly string[] = ["long_text", "attributes"];

interface Props {
  count: number;
  busy: boolean;
  error: Error | null;
  /** What was asked for last. */
  sent: Values | undefined;
  onClose: () => void;
  onSet: (values: Values) => void;
}

/** One value for many products: a field of theirs, or an attribute of any name. */
export default function SetDialog({ count, busy, error, sent, onClose, onSet }: Props) {
  const { t } = useTranslation();
  const [field, setField] = useState("category");
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [tried, setTried] = useState(false);
  const declared = useFields();
  const partName = usePartName();
  const settable = declared.fields.filter(({ shared, kind }) => shared && !LONG.includes(kind));
  const choicesOf = (name: string) => settable.find((one) => one.name === name)?.choices ?? [];
  const draft = draftOf(field, name, value);
  const faults = faultsOf(draft, declared);
  const nameless = field === ATTRIBUTE && name.trim() === "";
  const refused = useRefused(error, { set: sent }, ["set"]);
  const fault = faults[field === ATTRIBUTE ? "attributes.0" : field];
  const send = (text: string) => {
    setTried(true);
    if (!nameless && (text === "" || fault === undefined))
      onSet(valuesOf(field, name, text, fieldsOf(draft, declared)));
  };
  return (
    <FormDialog
      title={t("catalog.setTitle", { count })}
      submit={t("catalog.setNow")}
      busy={busy}
      disabled={value.trim() === ""}
      other={<Clear disabled={busy || value.trim() !== ""} onClick={() => send("")} />}
      error={refused.rest}
      checksItself
      onClose={onClose}
      onSubmit={() => send(value.trim())}
    >
      <Select
        label={t("catalog.fieldOf")}
        value={field}
        choices={{
          ...Object.fromEntries(settable.map((one) => [one.name, partName(one.name)])),
          [ATTRIBUTE]: t("catalog.attribute"),
        }}
        onChange={({ target }) => {
          setField(target.value);
          setValue(choicesOf(target.value)[0] ?? "");
        }}
      />
      {field === ATTRIBUTE && (
        <AttributeName value={name} isMissing={tried && nameless} onChange={setName} />
      )}
      <Value
        field={field}
        value={value}
        choices={choicesOf(field)}
        error={tried && fault && !nameless ? faultText(t, fault) : refused.of("set")}
        onChange={setValue}
      />
    </FormDialog>
  );
}

interface NameProps {
  value: string;
  isMissing: boolean;
  onChange: (name: string) => void;
}

function AttributeName({ value, isMissing, onChange }: NameProps) {
  const { t } = useTranslation();
  return (
    <Field
      label={t("catalog.attributeName")}
      value={value}
      error={isMissing ? t("catalog.fault.missing") : undefined}
      autoComplete="off"
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

interface ValueProps {
  field: string;
  value: string;
  /** The only values there are; any where there are none. */
  choices: readonly string[];
  error: string | undefined;
  onChange: (value: string) => void;
}

function Value({ field, value, choices, error, onChange }: ValueProps) {
  const { t } = useTranslation();
  const label = t("catalog.attributeValue");
  if (choices.length > 0) {
    return (
      <Select
        label={label}
        value={value}
        choices={Object.fromEntries(choices.map((one) => [one, statusName(t, one)]))}
        onChange={({ target }) => onChange(target.value)}
      />
    );
  }
  return (
    <Field
      label={label}
      value={value}
      error={error}
      autoComplete="off"
      onChange={({ target }) =>
        onChange(field === "currency" ? target.value.toUpperCase() : target.value)
      }
    />
  );
}

// The same rules as for one product; its id and title are not in question here.
function draftOf(field: string, name: string, value: string): Draft {
  const texts = { external_id: "x", title: "x" };
  if (field !== ATTRIBUTE) return { ...EMPTY, texts: { ...texts, [field]: value } };
  const row = { name: name.trim() === "" ? "x" : name, kind: "text" as const, value };
  return { texts, attributes: [row] };
}

function valuesOf(field: string, name: string, text: string, fields: ProductFields): Values {
  if (field === ATTRIBUTE) return { attributes: { [name.trim()]: text === "" ? null : text } };
  const told: unknown = Object.entries(fields).find(([one]) => one === field)?.[1];
  return { [field]: text === "" ? null : told };
}

/** Taking a value away is a button of its own, so that nobody does it by an empty field. */
function Clear(props: { disabled: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button look="quiet" {...props}>
      {t("catalog.clearValue")}
    </Button>
  );
}

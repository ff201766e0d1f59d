import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { BulkAction } from "@/api/types";
import { Field, Select } from "@/components/Field";
import { FormDialog } from "@/components/FormDialog";

import { EMPTY, faultsOf, fieldsOf, type Draft } from "../shared/validate";
import { faultText, fieldName } from "../shared/words";

type Values = NonNullable<BulkAction["set"]>;

const SETTABLE = ["category", "colour", "brand", "gender", "price", "currency"] as const;
type Settable = (typeof SETTABLE)[number];

interface Props {
  count: number;
  busy: boolean;
  error: Error | null;
  onClose: () => void;
  onSet: (values: Values) => void;
}

/** One value for many products: a field of theirs, or an attribute of any name. */
export default function SetDialog({ count, busy, error, onClose, onSet }: Props) {
  const { t } = useTranslation();
  const [field, setField] = useState<Settable | "attribute">("category");
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [tried, setTried] = useState(false);
  const draft = draftOf(field, name, value);
  const faults = faultsOf(draft);
  const nameless = field === "attribute" && name.trim() === "";
  const fault = faults[field === "attribute" ? "attributes.0" : field];
  const submit = () => {
    setTried(true);
    if (fault === undefined && !nameless) onSet(valuesOf(field, name, value, draft));
  };
  return (
    <FormDialog
      title={t("catalog.setTitle", { count })}
      submit={value.trim() === "" ? t("catalog.clearValue") : t("catalog.setNow")}
      busy={busy}
      error={error}
      checksItself
      onClose={onClose}
      onSubmit={submit}
    >
      <Select
        label={t("catalog.fieldOf")}
        value={field}
        choices={{
          ...Object.fromEntries(SETTABLE.map((one) => [one, fieldName(t, one)])),
          attribute: t("catalog.attribute"),
        }}
        onChange={({ target }) => setField(isSettable(target.value) ? target.value : "attribute")}
      />
      {field === "attribute" && (
        <Field
          label={t("catalog.attributeName")}
          value={name}
          error={tried && nameless ? t("catalog.fault.missing") : undefined}
          autoComplete="off"
          onChange={({ target }) => setName(target.value)}
        />
      )}
      <Field
        label={t("catalog.attributeValue")}
        hint={t("catalog.setHint")}
        value={value}
        error={tried && fault && !nameless ? faultText(t, fault) : undefined}
        autoComplete="off"
        onChange={({ target }) =>
          setValue(field === "currency" ? target.value.toUpperCase() : target.value)
        }
      />
    </FormDialog>
  );
}

// The same rules as for one product; its id and title are not in question here.
function draftOf(field: Settable | "attribute", name: string, value: string): Draft {
  const some = { ...EMPTY, external_id: "x", title: "x" };
  if (field !== "attribute") return { ...some, [field]: value };
  const row = { name: name.trim() === "" ? "x" : name, kind: "text" as const, value };
  return { ...some, attributes: [row] };
}

function valuesOf(
  field: Settable | "attribute",
  name: string,
  value: string,
  draft: Draft,
): Values {
  const text = value.trim();
  if (field === "attribute") return { attributes: { [name.trim()]: text === "" ? null : text } };
  return { [field]: text === "" ? null : fieldsOf(draft)[field] };
}

function isSettable(field: string): field is Settable {
  return SETTABLE.some((one) => one === field);
}

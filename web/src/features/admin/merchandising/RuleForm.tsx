import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Problem } from "@/api/problem";
import type { RuleRequest } from "@/api/types";
import { Field, Select } from "@/components/Field";
import { useFacetName, useFields } from "@/components/fields";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";

import { add, ACTIONS, rulesQuery } from "./queries";

/** A new rule, which is no more than a preview until it is turned on. */
export default function RuleForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const facetName = useFacetName();
  const { facets } = useFields();
  const save = useMutation({
    mutationFn: add,
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: rulesQuery.queryKey });
      onClose();
    },
  });
  const fields = save.error instanceof Problem ? save.error.fields : {};
  const choices = facets.filter(({ kind }) => kind === "values").map(({ name }) => name);
  return (
    <FormDialog
      title={t("admin.rules.add")}
      submit={t("admin.rules.keep")}
      busy={save.isPending}
      error={Object.keys(fields).length > 0 ? null : save.error}
      onClose={onClose}
      onSubmit={(form) => save.mutate(ruleOf(form))}
    >
      <Field
        label={t("admin.rules.name")}
        name="name"
        required
        maxLength={100}
        error={fields.name}
      />
      <Select
        label={t("admin.rules.what")}
        name="action"
        defaultValue="boost"
        choices={Object.fromEntries(ACTIONS.map((one) => [one, t(`admin.rules.action.${one}`)]))}
      />
      <Select
        label={t("admin.rules.facet")}
        name="facet"
        choices={Object.fromEntries(choices.map((name) => [name, facetName(name)]))}
      />
      <Field
        label={t("admin.rules.values")}
        name="values"
        required
        maxLength={1000}
        hint={t("admin.rules.valuesHint")}
        error={Object.entries(fields).find(([name]) => name.startsWith("filters"))?.[1]}
      />
      <Field
        label={t("admin.rules.words")}
        name="words"
        maxLength={200}
        hint={t("admin.rules.wordsHint")}
        error={fields.words}
      />
      <Times fields={fields} />
    </FormDialog>
  );
}

function Times({ fields }: { fields: Readonly<Record<string, string>> }) {
  const { t } = useTranslation();
  return (
    <>
      <Field
        label={t("admin.rules.starts")}
        name="starts_at"
        type="datetime-local"
        error={fields.starts_at}
      />
      <Field
        label={t("admin.rules.ends")}
        name="ends_at"
        type="datetime-local"
        error={fields.ends_at}
      />
    </>
  );
}

/** The rule that a form asks for; times are those of the reader's clock. */
function ruleOf(form: HTMLFormElement): RuleRequest {
  const text = (name: string) => fieldText(form, name).trim();
  const values = text("values").split(",");
  const time = (name: string) => (text(name) ? new Date(text(name)).toISOString() : null);
  return {
    name: text("name"),
    action: ACTIONS.find((one) => one === text("action")) ?? "boost",
    filters: { [text("facet")]: values.map((value) => value.trim()).filter(Boolean) },
    words: text("words"),
    live: false,
    starts_at: time("starts_at"),
    ends_at: time("ends_at"),
  };
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Problem } from "@/api/problem";
import type { Rule, RuleRequest } from "@/api/types";
import { Field, Select } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";

import { FilterFields, filtersIn } from "./FilterFields";
import { add, ACTIONS, change, rulesQuery } from "./queries";
import { writtenOf } from "./written";

interface Props {
  /** The rule to change; none for a new one, which is no more than a preview until it is live. */
  rule?: Rule | undefined;
  onClose: () => void;
}

/** What happens to which products, in which searches, and when. */
export default function RuleForm({ rule, onClose }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const save = useMutation({
    mutationFn: (asked: RuleRequest) => (rule ? change(rule, asked) : add(asked)),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: rulesQuery.queryKey });
      onClose();
    },
  });
  const fields = save.error instanceof Problem ? save.error.fields : {};
  return (
    <FormDialog
      title={rule ? t("admin.rules.editTitle") : t("admin.rules.add")}
      submit={rule ? t("common.save") : t("admin.rules.keep")}
      busy={save.isPending}
      error={Object.keys(fields).length > 0 ? null : save.error}
      onClose={onClose}
      onSubmit={(form) => save.mutate(ruleOf(form, rule))}
    >
      <Field
        label={t("admin.rules.name")}
        name="name"
        required
        maxLength={100}
        defaultValue={rule?.name}
        error={fields.name}
      />
      <Select
        label={t("admin.rules.what")}
        name="action"
        defaultValue={rule?.action ?? "boost"}
        choices={Object.fromEntries(ACTIONS.map((one) => [one, t(`admin.rules.action.${one}`)]))}
      />
      <Bounds rule={rule} fields={fields} />
      <Times rule={rule} fields={fields} />
    </FormDialog>
  );
}

interface PartProps {
  rule: Rule | undefined;
  fields: Readonly<Record<string, string>>;
}

/** The products and the searches; filters that a form cannot write stay as they are. */
function Bounds({ rule, fields }: PartProps) {
  const { t } = useTranslation();
  const products = writtenOf(rule?.filters ?? {});
  const searches = writtenOf(rule?.query_filters ?? {});
  const wrong = (name: string) =>
    Object.entries(fields).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1];
  return (
    <>
      {products && (
        <FilterFields
          name="filters"
          label={t("admin.rules.facet")}
          given={products}
          error={wrong("filters")}
        />
      )}
      <Field
        label={t("admin.rules.words")}
        name="words"
        maxLength={200}
        defaultValue={rule?.words}
        hint={t("admin.rules.wordsHint")}
        error={fields.words}
      />
      {searches && (
        <FilterFields
          name="query_filters"
          label={t("admin.rules.queryFacet")}
          given={searches}
          none={t("admin.rules.anyFilters")}
          error={wrong("query_filters")}
        />
      )}
    </>
  );
}

function Times({ rule, fields }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <Field
        label={t("admin.rules.starts")}
        name="starts_at"
        type="datetime-local"
        defaultValue={clockOf(rule?.starts_at)}
        error={fields.starts_at}
      />
      <Field
        label={t("admin.rules.ends")}
        name="ends_at"
        type="datetime-local"
        defaultValue={clockOf(rule?.ends_at)}
        error={fields.ends_at}
      />
    </>
  );
}

/** The rule that a form asks for; times are those of the reader's clock. */
function ruleOf(form: HTMLFormElement, rule: Rule | undefined): RuleRequest {
  const text = (name: string) => fieldText(form, name).trim();
  const time = (name: string) => (text(name) ? new Date(text(name)).toISOString() : null);
  const filters = (name: "filters" | "query_filters") =>
    rule && !writtenOf(rule[name]) ? rule[name] : filtersIn(form, name);
  return {
    name: text("name"),
    action: ACTIONS.find((one) => one === text("action")) ?? "boost",
    filters: filters("filters"),
    words: text("words"),
    query_filters: filters("query_filters"),
    live: rule?.live ?? false,
    starts_at: time("starts_at"),
    ends_at: time("ends_at"),
  };
}

/** A moment as a field of the reader's clock writes it. */
function clockOf(moment: string | null | undefined): string {
  if (!moment) return "";
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

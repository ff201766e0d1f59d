import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Rule, RuleRequest } from "@/api/types";
import { Field, Select } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused, type Refused } from "@/components/refused";

import { FilterFields } from "./FilterFields";
import { add, ACTIONS, change, rulesQuery } from "./queries";
import { filtersOf, writtenOf, type Written } from "./written";

const FIELDS = ["name", "action", "filters", "words", "query_filters", "starts_at", "ends_at"];

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
  const refused = useRefused(save.error, save.variables, FIELDS);
  const [bounds, setBounds] = useState(() => boundsOf(rule));
  return (
    <FormDialog
      title={rule ? t("admin.rules.editTitle") : t("admin.rules.add")}
      submit={rule ? t("common.save") : t("admin.rules.keep")}
      busy={save.isPending}
      error={refused.rest}
      onClose={onClose}
      onSubmit={(form) => save.mutate(ruleOf(form, bounds, rule))}
    >
      <Field
        label={t("admin.rules.name")}
        name="name"
        required
        maxLength={100}
        defaultValue={rule?.name}
        error={refused.of("name")}
      />
      <Select
        label={t("admin.rules.what")}
        name="action"
        defaultValue={rule?.action ?? "boost"}
        choices={Object.fromEntries(ACTIONS.map((one) => [one, t(`admin.rules.action.${one}`)]))}
        error={refused.of("action")}
      />
      <Where rule={rule} refused={refused} bounds={bounds} onChange={setBounds} />
      <Times rule={rule} refused={refused} />
    </FormDialog>
  );
}

interface PartProps {
  rule: Rule | undefined;
  refused: Refused;
}

/** Which products, and in searches by what, as the form has them. */
interface Bounds {
  filters: readonly Written[];
  query_filters: readonly Written[];
}

function boundsOf(rule: Rule | undefined): Bounds {
  return {
    filters: writtenOf(rule?.filters ?? {}),
    query_filters: writtenOf(rule?.query_filters ?? {}),
  };
}

interface WhereProps extends PartProps {
  bounds: Bounds;
  onChange: (bounds: Bounds) => void;
}

/** The products and the searches. */
function Where({ rule, refused, bounds, onChange }: WhereProps) {
  const { t } = useTranslation();
  return (
    <>
      <FilterFields
        name="filters"
        label={t("admin.rules.facet")}
        written={bounds.filters}
        refused={refused}
        onChange={(filters) => onChange({ ...bounds, filters })}
      />
      <Field
        label={t("admin.rules.words")}
        name="words"
        maxLength={200}
        defaultValue={rule?.words}
        hint={t("admin.rules.wordsHint")}
        error={refused.of("words")}
      />
      <FilterFields
        name="query_filters"
        label={t("admin.rules.queryFacet")}
        written={bounds.query_filters}
        none={t("admin.rules.anyFilters")}
        refused={refused}
        onChange={(query_filters) => onChange({ ...bounds, query_filters })}
      />
    </>
  );
}

function Times({ rule, refused }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <Field
        label={t("admin.rules.starts")}
        name="starts_at"
        type="datetime-local"
        defaultValue={clockOf(rule?.starts_at)}
        error={refused.of("starts_at")}
      />
      <Field
        label={t("admin.rules.ends")}
        name="ends_at"
        type="datetime-local"
        defaultValue={clockOf(rule?.ends_at)}
        error={refused.of("ends_at")}
      />
    </>
  );
}

/** The rule that a form asks for; times are those of the reader's clock. */
function ruleOf(form: HTMLFormElement, bounds: Bounds, rule: Rule | undefined): RuleRequest {
  const text = (name: string) => fieldText(form, name).trim();
  const time = (name: string) => (text(name) ? new Date(text(name)).toISOString() : null);
  return {
    name: text("name"),
    action: ACTIONS.find((one) => one === text("action")) ?? "boost",
    filters: filtersOf(bounds.filters),
    words: text("words"),
    query_filters: filtersOf(bounds.query_filters),
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

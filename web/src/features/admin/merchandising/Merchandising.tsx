import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Rule } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button, IconButton } from "@/components/Button";
import { useFacetName } from "@/components/fields";
import { FailureLine } from "@/components/Notice";
import { Page } from "@/components/Page";
import { QueryState } from "@/components/QueryState";
import { Row, Rows } from "@/components/Rows";
import { Switch } from "@/components/Switch";
import { dateTime } from "@/texts/format";

import styles from "./Merchandising.module.css";
import { remove, rulesQuery, turn } from "./queries";
import { addressOf, writtenOf, type Written } from "./written";

const RuleForm = lazy(() => import("./RuleForm"));

/** By which rules products are moved, each to be looked at before it is live. */
export default function Merchandising() {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<Rule | "new" | null>(null);
  const found = useQuery(rulesQuery);
  return (
    <Page
      title={t("admin.rules.title")}
      width="medium"
      actions={
        <Button
          look="primary"
          icon={<Plus size={16} aria-hidden />}
          onClick={() => setEdited("new")}
        >
          {t("admin.rules.add")}
        </Button>
      }
    >
      <p className={styles.lead}>{t("admin.rules.lead")}</p>
      <QueryState query={found} height="240px" />
      {found.data?.length === 0 && <p className={styles.lead}>{t("admin.rules.none")}</p>}
      {found.data && found.data.length > 0 && (
        <Rows label={t("admin.rules.title")}>
          {found.data.map((rule) => (
            <Line key={rule.id} rule={rule} onEdit={() => setEdited(rule)} />
          ))}
        </Rows>
      )}
      <Suspense>
        {edited && (
          <RuleForm rule={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
        )}
      </Suspense>
    </Page>
  );
}

function Line({ rule, onEdit }: { rule: Rule; onEdit: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: rulesQuery.queryKey });
  const drop = useMutation({ mutationFn: () => remove(rule.id), onSettled });
  const go = useMutation({ mutationFn: (live: boolean) => turn(rule, live), onSettled });
  return (
    <Row>
      <div className={styles.rule}>
        <div className={styles.what}>
          <p>
            <strong>{rule.name}</strong> <Badge>{t(`admin.rules.action.${rule.action}`)}</Badge>
          </p>
          <Told rule={rule} />
        </div>
        <Link
          to="/"
          search={{
            preview: true,
            filters: addressOf(rule.query_filters),
            ...(rule.words && { q: rule.words }),
          }}
        >
          {t("admin.rules.preview")}
        </Link>
        <Switch
          label={t("admin.rules.live")}
          checked={rule.live}
          disabled={go.isPending}
          onChange={(live) => go.mutate(live)}
        />
        <IconButton label={t("admin.rules.edit", { name: rule.name })} onClick={onEdit}>
          <Pencil size={18} aria-hidden />
        </IconButton>
        <IconButton
          label={t("admin.rules.remove", { name: rule.name })}
          disabled={drop.isPending}
          onClick={() => drop.mutate()}
        >
          <Trash2 size={18} aria-hidden />
        </IconButton>
      </div>
      <FailureLine error={drop.error ?? go.error} />
    </Row>
  );
}

/** Which products, in which searches, and when. */
function Told({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  const facetName = useFacetName();
  const told = (filters: Rule["filters"]) =>
    writtenOf(filters).map((one) => {
      const value = valueText(one);
      return t("search.isSo", {
        facet: facetName(one.facet),
        value: one.not ? t("admin.rules.notValue", { value }) : value,
      });
    });
  const searches = told(rule.query_filters).join(", ");
  const words = rule.words
    ? t("admin.rules.withWords", { words: rule.words })
    : t("admin.rules.always");
  const times = [
    rule.starts_at && t("admin.rules.from", { time: dateTime(rule.starts_at) }),
    rule.ends_at && t("admin.rules.until", { time: dateTime(rule.ends_at) }),
  ];
  return (
    <p className={styles.lead}>
      {[
        ...told(rule.filters),
        words,
        searches && t("admin.rules.withFilters", { filters: searches }),
        ...times,
      ]
        .filter(Boolean)
        .join(" · ")}
    </p>
  );
}

/** Values with commas between them, bounds with a dash. */
function valueText({ values, min, max }: Written): string {
  return min || max ? `${min}–${max}` : values.split("\n").join(", ");
}

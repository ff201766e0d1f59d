import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, RotateCcw, UserRoundCheck, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/components/Button";
import { FailureLine } from "@/components/Notice";
import { useToast } from "@/components/Toasts";
import { percent } from "@/texts/format";

import { stateLabels } from "./actions";
import styles from "./Labels.module.css";
import { labelValuesQuery, useRefresh, type Label, type Product } from "./queries";
import { readable } from "./words";

interface Props {
  product: Product;
  editable: boolean;
}

/** What was read off a product's photos, by facet, and what people say instead. */
export function Labels({ product, editable }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  const facets = [...new Set(product.labels.map(({ facet }) => facet))];
  const state = useMutation({
    mutationFn: ({ facet, values }: { facet: string; values: readonly string[] | null }) =>
      stateLabels(product.id, facet, values),
    onSuccess: async (_, { facet, values }) => {
      // A facet that nothing fits is not shown any more, so the way back is here.
      const onClick = () => state.mutate({ facet, values: null });
      if (values !== null) say(t("common.saved"), { label: t("catalog.undo"), onClick });
      await refresh();
    },
  });
  const known = useQuery({ ...labelValuesQuery(facets), enabled: editable && facets.length > 0 });
  if (facets.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="labels">
      <h2 id="labels">{t("catalog.labels")}</h2>
      <ul className={styles.facets}>
        {facets.map((facet) => (
          <Facet
            key={facet}
            facet={facet}
            labels={product.labels.filter((label) => label.facet === facet)}
            known={known.data?.get(facet) ?? []}
            editable={editable}
            busy={state.isPending}
            onState={(values) => state.mutate({ facet, values })}
          />
        ))}
      </ul>
      <FailureLine error={state.error} />
    </section>
  );
}

interface FacetProps {
  facet: string;
  labels: readonly Label[];
  /** What the catalogue has of this facet, to choose from. */
  known: readonly string[];
  editable: boolean;
  busy: boolean;
  /** The words that fit; null leaves them to the model again. */
  onState: (values: readonly string[] | null) => void;
}

function Facet({ facet, labels, known, editable, busy, onState }: FacetProps) {
  const { t } = useTranslation();
  const values = labels.map(({ value }) => value).filter(Boolean);
  const byPerson = labels.some(({ source }) => source === "person");
  const others = known.filter((value) => !values.includes(value));
  const name = readable(facet);
  return (
    <li className={styles.facet}>
      <span className={styles.name}>{name}</span>
      <span className={styles.values}>
        {labels.map((label) => (
          <span key={label.value} className={styles.label}>
            {label.value === "" ? t("common.none") : readable(label.value)}
            <Source label={label} />
            {editable && label.value !== "" && (
              <button
                type="button"
                className={styles.away}
                disabled={busy}
                aria-label={t("catalog.labelWrong", { label: `${name}: ${label.value}` })}
                onClick={() => onState(values.filter((value) => value !== label.value))}
              >
                <X size={14} aria-hidden />
              </button>
            )}
          </span>
        ))}
        {editable && others.length > 0 && (
          <select
            className={styles.add}
            value=""
            disabled={busy}
            aria-label={t("catalog.addLabel", { facet: name })}
            onChange={(event) => onState([...values, event.target.value])}
          >
            <option value="">+</option>
            {others.map((value) => (
              <option key={value} value={value}>
                {readable(value)}
              </option>
            ))}
          </select>
        )}
      </span>
      {editable &&
        (byPerson ? (
          <IconButton
            label={t("catalog.labelsToModel", { facet: name })}
            disabled={busy}
            onClick={() => onState(null)}
          >
            <RotateCcw size={16} aria-hidden />
          </IconButton>
        ) : (
          <IconButton
            label={t("catalog.labelsRight", { facet: name })}
            disabled={busy}
            onClick={() => onState(values)}
          >
            <Check size={16} aria-hidden />
          </IconButton>
        ))}
    </li>
  );
}

function Source({ label }: { label: Label }) {
  const { t } = useTranslation();
  if (label.source === "person") {
    return (
      <span className={styles.source} title={t("catalog.byPerson")}>
        <UserRoundCheck size={14} aria-hidden />
        <span className="hidden-text">{t("catalog.byPerson")}</span>
      </span>
    );
  }
  return (
    <span className={styles.source} title={t("catalog.byModel")}>
      {percent(label.score)}
      <span className="hidden-text"> {t("catalog.byModel")}</span>
    </span>
  );
}

import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, RotateCcw, UserRoundCheck, X } from "lucide-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Label, Product } from "@/api/types";
import { IconButton } from "@/components/Button";
import { FailureLine } from "@/components/Notice";
import { useToast } from "@/components/toast";
import { percent } from "@/texts/format";

import { stateLabels } from "../shared/actions";
import styles from "./Labels.module.css";
import { useRefresh, vocabularyQuery } from "../shared/queries";
import { readable } from "../shared/words";

interface Props {
  product: Product;
  editable: boolean;
}

/** What was read off a product's photos, by facet, and what people say instead. */
export function Labels({ product, editable }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  // A facet that the product has no label of, until one is chosen.
  const [opened, setOpened] = useState<string | null>(null);
  const labelled = product.labels.map(({ facet }) => facet);
  const facets = [...new Set(opened === null ? labelled : [...labelled, opened])];
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
  const known = useQuery({ ...vocabularyQuery, enabled: editable });
  if (facets.length === 0 && !editable) return null;
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
      {known.data && (
        <Another
          facets={[...known.data.keys()].filter((facet) => !facets.includes(facet))}
          onChoose={setOpened}
        />
      )}
      <FailureLine error={state.error ?? known.error} />
    </section>
  );
}

interface AnotherProps {
  facets: readonly string[];
  onChoose: (facet: string) => void;
}

/** The facets that nothing was said of yet, to say something. */
function Another({ facets, onChoose }: AnotherProps) {
  const { t } = useTranslation();
  if (facets.length === 0) return null;
  return (
    <select
      className={styles.another}
      value=""
      aria-label={t("catalog.addFacet")}
      onChange={(event) => onChoose(event.target.value)}
    >
      <option value="">{t("catalog.addFacet")}</option>
      {facets.map((facet) => (
        <option key={facet} value={facet}>
          {readable(facet)}
        </option>
      ))}
    </select>
  );
}

interface FacetProps {
  facet: string;
  /** None for a facet that is about to get its first. */
  labels: readonly Label[];
  /** All words of the facet, to choose from. */
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
  const focus = useCallback((select: HTMLSelectElement | null) => select?.focus(), []);
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
            ref={labels.length === 0 ? focus : undefined}
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
        labels.length > 0 &&
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

import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, RotateCcw, UserRoundCheck, X } from "lucide-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { vocabularyQuery } from "@/api/fields";
import type { Label, Product } from "@/api/types";
import { IconButton } from "@/components/Button";
import { useFacetName, useLabelName } from "@/components/fields";
import { FailureLine } from "@/components/Notice";
import { useToast } from "@/components/toast";
import { percent } from "@/texts/format";

import styles from "./Labels.module.css";
import { useRefresh } from "../shared/queries";
import { stateLabels } from "./actions";

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
  const vocabulary = useQuery({ ...vocabularyQuery, enabled: editable });
  const known = vocabulary.data?.facets ?? [];
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
            known={known.find(({ name }) => name === facet)?.values.map(({ value }) => value) ?? []}
            editable={editable}
            busy={state.isPending}
            onState={(values) => state.mutate({ facet, values })}
          />
        ))}
      </ul>
      {editable && (
        <Another
          facets={known.map(({ name }) => name).filter((facet) => !facets.includes(facet))}
          onChoose={setOpened}
        />
      )}
      <FailureLine error={state.error ?? vocabulary.error} />
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
  const facetName = useFacetName();
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
          {facetName(facet)}
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
  const labelName = useLabelName();
  const values = labels.map(({ value }) => value).filter(Boolean);
  const others = known.filter((value) => !values.includes(value));
  const name = useFacetName()(facet);
  return (
    <li className={styles.facet}>
      <span className={styles.name}>{name}</span>
      <span className={styles.values}>
        {labels.map((label) => (
          <Chip
            key={label.value}
            facet={name}
            label={label}
            name={label.value === "" ? t("common.none") : labelName(facet, label.value)}
            busy={busy}
            {...(editable && {
              onRemove: () => onState(values.filter((value) => value !== label.value)),
            })}
          />
        ))}
        {editable && others.length > 0 && (
          <AddValue
            facet={name}
            values={others.map((value) => [value, labelName(facet, value)])}
            takesFocus={labels.length === 0}
            busy={busy}
            onAdd={(value) => onState([...values, value])}
          />
        )}
      </span>
      {editable && labels.length > 0 && (
        <Settle
          facet={name}
          byPerson={labels.some(({ source }) => source === "person")}
          busy={busy}
          onConfirm={() => onState(values)}
          onLeave={() => onState(null)}
        />
      )}
    </li>
  );
}

interface ChipProps {
  facet: string;
  label: Label;
  name: string;
  busy: boolean;
  /** Only for those who may take it away. */
  onRemove?: () => void;
}

function Chip({ facet, label, name, busy, onRemove }: ChipProps) {
  const { t } = useTranslation();
  return (
    <span className={styles.label}>
      {name}
      <Source label={label} />
      {onRemove && label.value !== "" && (
        <button
          type="button"
          className={styles.away}
          disabled={busy}
          aria-label={t("catalog.labelWrong", { label: `${facet}: ${name}` })}
          onClick={onRemove}
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </span>
  );
}

interface AddValueProps {
  facet: string;
  /** Each with its name. */
  values: readonly (readonly [string, string])[];
  takesFocus: boolean;
  busy: boolean;
  onAdd: (value: string) => void;
}

function AddValue({ facet, values, takesFocus, busy, onAdd }: AddValueProps) {
  const { t } = useTranslation();
  const focus = useCallback((select: HTMLSelectElement | null) => select?.focus(), []);
  return (
    <select
      ref={takesFocus ? focus : undefined}
      className={styles.add}
      value=""
      disabled={busy}
      aria-label={t("catalog.addLabel", { facet })}
      onChange={(event) => onAdd(event.target.value)}
    >
      <option value="">+</option>
      {values.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface SettleProps {
  facet: string;
  /** Whether a person said so already. */
  byPerson: boolean;
  busy: boolean;
  onConfirm: () => void;
  /** Leave the facet to the model again. */
  onLeave: () => void;
}

function Settle({ facet, byPerson, busy, onConfirm, onLeave }: SettleProps) {
  const { t } = useTranslation();
  return byPerson ? (
    <IconButton label={t("catalog.labelsToModel", { facet })} disabled={busy} onClick={onLeave}>
      <RotateCcw size={16} aria-hidden />
    </IconButton>
  ) : (
    <IconButton label={t("catalog.labelsRight", { facet })} disabled={busy} onClick={onConfirm}>
      <Check size={16} aria-hidden />
    </IconButton>
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
  if (label.score === null) return null;
  return (
    <span className={styles.source} title={t("catalog.byModel")}>
      {percent(label.score)}
      <span className="hidden-text"> {t("catalog.byModel")}</span>
    </span>
  );
}

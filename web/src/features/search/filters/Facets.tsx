import { Ban, ChevronDown } from "lucide-react";
import { lazy, memo, Suspense, useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import type { FacetCounts, PriceRange } from "@/api/types";
import { Button, IconButton } from "@/components/Button";
import { Skeleton } from "@/components/Skeleton";
import { count } from "@/texts/format";

import { paintOf } from "./colours";
import styles from "./Facets.module.css";
import { has, toggled, withPrice, type Filters, type Way } from "../shared/filters";
import { isAsking, type Change, type SearchParams } from "../shared/params";
import { useWords } from "../shared/words";

// The slider is much code that is not needed before there are results.
const PriceSlider = lazy(() => import("./PriceSlider"));

const FIRST = 7;
const OPEN = 4;

interface Props {
  params: SearchParams;
  /** Undefined until the first answer is there. */
  counts: FacetCounts | undefined;
  bounds: PriceRange | null | undefined;
  currency: string;
  onChange: (change: Change) => void;
}

/**
 * What the results can be narrowed by, each choice with how many products it leaves. More hits do
 * not change it, so it is not drawn anew for them.
 */
export const Facets = memo(function Facets(props: Props) {
  const { params, counts, bounds, currency, onChange } = props;
  const { t } = useTranslation();
  const { filters } = params;
  const shown = facetsOf(counts, filters);
  return (
    <div className={styles.facets} role="group" aria-label={t("search.filters")}>
      {isAsking(params) && (
        <Without not={params.not ?? ""} onChange={(not) => onChange({ not: not || undefined })} />
      )}
      {bounds && Number(bounds.max) > Number(bounds.min) && (
        <Suspense fallback={<Skeleton height="92px" />}>
          <PriceSlider
            bounds={bounds}
            price={filters?.price}
            currency={currency}
            onChange={(price) => onChange({ filters: withPrice(filters, price) })}
          />
        </Suspense>
      )}
      {counts === undefined && <Skeleton height="520px" />}
      {shown.map(([facet, values], place) => (
        <Facet
          key={facet}
          facet={facet}
          values={values}
          counts={counts}
          filters={filters}
          open={place < OPEN || values.some(([value]) => isUsed(filters, facet, value))}
          onToggle={(way, value) => onChange({ filters: toggled(filters, way, facet, value) })}
        />
      ))}
    </div>
  );
});

type Counted = readonly [value: string, count: number];

/** What there is to choose from; a facet all products share tells nothing. */
function facetsOf(counts: FacetCounts | undefined, filters: Filters | undefined) {
  const names = new Set([
    ...Object.keys(counts ?? {}),
    ...Object.keys(filters?.any ?? {}),
    ...Object.keys(filters?.not ?? {}),
  ]);
  names.delete("price");
  return [...names].flatMap((facet) => {
    const found = (counts?.[facet] ?? []).map(({ value, count: many }): Counted => [
      String(value),
      many,
    ]);
    const missing = [...(filters?.any?.[facet] ?? []), ...(filters?.not?.[facet] ?? [])]
      .filter((value) => !found.some(([one]) => one === value))
      .map((value): Counted => [value, 0]);
    const values = [...found, ...missing];
    const used = values.some(([value]) => isUsed(filters, facet, value));
    return values.length > 1 || used ? [[facet, values] as const] : [];
  });
}

function isUsed(filters: Filters | undefined, facet: string, value: string): boolean {
  return has(filters, "any", facet, value) || has(filters, "not", facet, value);
}

interface FacetProps {
  facet: string;
  values: readonly Counted[];
  counts: FacetCounts | undefined;
  filters: Filters | undefined;
  open: boolean;
  onToggle: (way: Way, value: string) => void;
}

function Facet({ facet, values, counts, filters, open, onToggle }: FacetProps) {
  const { t } = useTranslation();
  const words = useWords(counts);
  const names = apart(values.map(([value]) => [value, words.value(facet, value)]));
  const [all, setAll] = useState(false);
  const used = values.filter(([value], place) => place >= FIRST && isUsed(filters, facet, value));
  // A button to show one more takes as much room as that one.
  const fits = all || values.length <= FIRST + 1;
  const shown = fits ? values : [...values.slice(0, FIRST), ...used];
  return (
    <details className={styles.facet} open={open}>
      <summary className={styles.name}>
        <span>{words.facet(facet)}</span>
        <ChevronDown size={16} aria-hidden className={styles.fold} />
      </summary>
      <ul aria-label={words.facet(facet)}>
        {shown.map(([value, many]) => (
          <Value
            key={value}
            facet={facet}
            value={value}
            name={names.get(value) ?? value}
            many={many}
            wanted={has(filters, "any", facet, value)}
            out={has(filters, "not", facet, value)}
            onToggle={onToggle}
          />
        ))}
      </ul>
      {!all && values.length > shown.length && (
        <Button look="quiet" size="small" onClick={() => setAll(true)}>
          {t("search.allValues", { count: values.length })}
        </Button>
      )}
    </details>
  );
}

/** The names of values; those that mean the same are told apart by how the shop writes them. */
function apart(named: readonly (readonly [value: string, name: string])[]) {
  const first = new Map(named.map(([value, name]) => [name, value]));
  const shared = new Set(named.flatMap(([value, name]) => (first.get(name) === value ? [] : name)));
  return new Map(
    named.map(([value, name]) => [value, shared.has(name) ? `${name} (${value})` : name]),
  );
}

interface ValueProps {
  facet: string;
  value: string;
  name: string;
  many: number;
  wanted: boolean;
  out: boolean;
  onToggle: (way: Way, value: string) => void;
}

function Value({ facet, value, name, many, wanted, out, onToggle }: ValueProps) {
  const { t } = useTranslation();
  const paint = facet.endsWith("colour") ? paintOf(value) : undefined;
  return (
    <li className={styles.value} data-out={out}>
      <label className={styles.choice}>
        <input type="checkbox" checked={wanted} onChange={() => onToggle("any", value)} />
        {paint && <span className={styles.paint} style={{ background: paint }} aria-hidden />}
        <span className={styles.word}>{name}</span>
        <span className={styles.count}>{count(many)}</span>
      </label>
      <IconButton
        label={t("search.leaveOut", { value: name })}
        aria-pressed={out}
        className={styles.not}
        onClick={() => onToggle("not", value)}
      >
        <Ban size={15} aria-hidden />
      </IconButton>
    </li>
  );
}

/** Words the results should keep away from. */
function Without({ not, onChange }: { not: string; onChange: (not: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(not);
  const [told, setTold] = useState(not);
  if (told !== not) {
    setTold(not);
    setText(not);
  }
  const put = (event?: SyntheticEvent) => {
    event?.preventDefault();
    if (text.trim() !== not) onChange(text.trim());
  };
  return (
    <form className={styles.without} onSubmit={put}>
      <label>
        <span className={styles.label}>{t("search.without")}</span>
        <input
          value={text}
          maxLength={1_000}
          placeholder={t("search.withoutHint")}
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={() => put()}
        />
      </label>
    </form>
  );
}

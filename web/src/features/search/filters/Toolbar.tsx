import { SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { FacetCounts, RecognisedWords } from "@/api/types";
import { Button } from "@/components/Button";

import { Chip } from "./Chip";
import { actives, dropped } from "../shared/filters";
import {
  isAsking,
  isNarrowed,
  LEVELS,
  SORTS,
  WIDENED,
  type Change,
  type SearchParams,
} from "../shared/params";
import styles from "./Toolbar.module.css";
import { useWords } from "../shared/words";

interface Props {
  params: SearchParams;
  summary: ReactNode;
  counts: FacetCounts | undefined;
  /** What of the words is more than words. */
  recognised: readonly RecognisedWords[];
  currency: string;
  /** Whether hits have levels, so that it makes sense to ask for one. */
  hasLevels: boolean;
  onChange: (change: Change) => void;
  onFilters?: (() => void) | undefined;
}

/** What is shown, in which order, and what it is narrowed by. */
export function Toolbar(props: Props) {
  const { params, summary, hasLevels, onChange, onFilters } = props;
  const { t } = useTranslation();
  const asking = isAsking(params);
  const sorts = asking ? SORTS : SORTS.filter((sort) => sort !== "relevance");
  const number = actives(params.filters).length;
  return (
    <div className={styles.toolbar}>
      <div className={styles.line}>
        <p className={styles.summary} role="status">
          {summary}
        </p>
        {onFilters && (
          <Button icon={<SlidersHorizontal size={17} aria-hidden />} onClick={onFilters}>
            {number > 0 ? t("search.filtersUsed", { count: number }) : t("search.filters")}
          </Button>
        )}
        {asking && (hasLevels || params.level) && (
          <Choice
            label={t("search.levels")}
            value={params.level ?? ""}
            onChange={(level) => onChange({ level: LEVELS.find((one) => one === level) })}
          >
            <option value="">{t("search.least.all")}</option>
            {LEVELS.toReversed().map((level) => (
              <option key={level} value={level}>
                {t(`search.least.${level}`)}
              </option>
            ))}
          </Choice>
        )}
        {!params.look && (
          <Choice
            label={t("search.sort")}
            value={params.sort ?? (asking ? "relevance" : "newest")}
            onChange={(sort) =>
              onChange({
                sort: asking || sort !== "newest" ? SORTS.find((one) => one === sort) : undefined,
              })
            }
          >
            {sorts.map((sort) => (
              <option key={sort} value={sort}>
                {t(`search.sorts.${SORT_KEYS[sort]}`)}
              </option>
            ))}
          </Choice>
        )}
      </div>
      {(isNarrowed(params) || props.recognised.length > 0) && <Chips {...props} />}
    </div>
  );
}

const SORT_KEYS = {
  relevance: "relevance",
  newest: "newest",
  price: "cheapest",
  "-price": "dearest",
} as const;

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}

function Choice({ label, value, onChange, children }: ChoiceProps) {
  return (
    <label className={styles.choice}>
      <span className="hidden-text">{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {children}
      </select>
    </label>
  );
}

function Chips({ params, counts, recognised, currency, onChange }: Props) {
  const { t } = useTranslation();
  const words = useWords(counts);
  return (
    <ul className={styles.chips} aria-label={t("search.active")}>
      {recognised.map((one) => (
        <Chip
          key={`${String(one.start)} ${one.role}`}
          text={words.recognised(one, currency)}
          title={t("search.recognised", { text: one.text })}
          onDrop={() => onChange({ plain: [...(params.plain ?? []), one.text] })}
        />
      ))}
      {actives(params.filters).map((one) => {
        const text = words.active(one, currency);
        return (
          <Chip
            key={text}
            text={text}
            out={one.way === "not"}
            onDrop={() => onChange({ filters: dropped(params.filters, one) })}
          />
        );
      })}
      {params.level && (
        <Chip
          text={t(`search.least.${params.level}`)}
          onDrop={() => onChange({ level: undefined })}
        />
      )}
      {params.not && (
        <Chip
          text={t("search.withoutWords", { words: params.not })}
          out
          onDrop={() => onChange({ not: undefined })}
        />
      )}
      {isNarrowed(params) && (
        <li>
          <Button look="quiet" size="small" onClick={() => onChange(WIDENED)}>
            {t("search.clear")}
          </Button>
        </li>
      )}
    </ul>
  );
}

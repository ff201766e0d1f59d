import { useState, type Ref } from "react";
import { useTranslation } from "react-i18next";

import type { ReviewFacet } from "@/api/types";
import { useFacetName, useLabelName } from "@/components/fields";
import { Switch } from "@/components/Switch";
import { percent } from "@/texts/format";

import { Key } from "../shared/Key";
import type { Keys } from "../shared/keys";
import styles from "./Candidates.module.css";
import type { Bench } from "./useBench";
import { WordField } from "./WordField";

interface Props {
  bench: Bench;
  facet: ReviewFacet;
  keys: Keys<"desk">;
  wordField: Ref<HTMLInputElement>;
}

/** The likeliest values of a facet by number, all others by typing. */
export function Candidates({ bench, facet, keys, wordField }: Props) {
  const { t } = useTranslation();
  const labelName = useLabelName();
  const facetName = useFacetName()(facet.facet);
  const [isSeveral, setSeveral] = useState(false);
  const values = bench.draft.labels[facet.facet] ?? [];
  return (
    <div className={styles.panel}>
      <div className={styles.candidates} role="group" aria-label={facetName}>
        {facet.candidates.map(({ value, score }, at) => (
          <button
            key={value}
            type="button"
            className={styles.candidate}
            aria-pressed={values.includes(value)}
            onClick={(event) => bench.choose(value, isSeveral || event.shiftKey)}
          >
            <Key name={String(at + 1)} />
            <span className={styles.word}>{labelName(facet.facet, value)}</span>
            <span className={styles.score}>{percent(score)}</span>
            <span className={styles.bar} style={{ width: `${100 * score}%` }} aria-hidden />
          </button>
        ))}
        <button
          type="button"
          className={styles.candidate}
          aria-pressed={values.length === 0}
          onClick={() => bench.chooseNone()}
        >
          <Key name="0" />
          <span className={styles.word}>{t("review.desk.noneFits")}</span>
        </button>
      </div>
      <div className={styles.more}>
        <WordField
          key={facet.facet}
          facet={facet.facet}
          keyName={keys.word}
          input={wordField}
          onWord={(value, beside) => bench.choose(value, isSeveral || beside)}
        />
        <Switch label={t("review.desk.several")} checked={isSeveral} onChange={setSeveral} />
      </div>
    </div>
  );
}

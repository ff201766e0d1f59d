import { CircleHelp, Eye, EyeOff, PencilLine, UserRoundCheck } from "lucide-react";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";

import type { ReviewFacet } from "@/api/types";
import { useFacetName, useLabelName } from "@/components/fields";
import { percent } from "@/texts/format";

import { toggleAside, useLeftAside } from "../shared/aside";
import type { Keys } from "../shared/keys";
import { Candidates } from "./Candidates";
import styles from "./Facets.module.css";
import type { Bench } from "./useBench";

interface Props {
  bench: Bench;
  keys: Keys<"desk">;
  wordField: Ref<HTMLInputElement>;
}

/** All labels by facet, beside what the shop says; one facet is open, and digits choose in it.
 * Those that are left aside an answer says nothing of. */
export function Facets({ bench, keys, wordField }: Props) {
  const { t } = useTranslation();
  const { item, facet: open } = bench;
  const aside = useLeftAside();
  const inDoubt = new Set(item.doubts.map(({ facet }) => facet));
  return (
    <section aria-labelledby="review-labels">
      <h2 id="review-labels" className="hidden-text">
        {t("catalog.labels")}
      </h2>
      <ul className={styles.facets}>
        {item.facets.map((facet) => {
          const isOpen = facet === open;
          const isAside = aside.has(facet.facet) && !isChanged(bench, facet);
          return (
            <li key={facet.facet} className={styles.facet} data-open={isOpen} data-aside={isAside}>
              <div className={styles.row}>
                <Head
                  bench={bench}
                  facet={facet}
                  isOpen={isOpen}
                  isInDoubt={inDoubt.has(facet.facet)}
                />
                <Look facet={facet.facet} isAside={isAside} />
              </div>
              {isOpen && <Candidates {...{ bench, facet, keys, wordField }} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface HeadProps {
  bench: Bench;
  facet: ReviewFacet;
  isOpen: boolean;
  isInDoubt: boolean;
}

function Head({ bench, facet, isOpen, isInDoubt }: HeadProps) {
  const { t } = useTranslation();
  const name = useFacetName()(facet.facet);
  return (
    <button
      type="button"
      className={styles.head}
      aria-expanded={isOpen}
      onClick={() => bench.showFacet(facet.facet)}
    >
      <span className={styles.name}>
        {name}
        {isInDoubt && (
          <span className={styles.doubt} title={t("review.desk.inDoubt")}>
            <CircleHelp size={15} aria-hidden />
            <span className="hidden-text">{t("review.desk.inDoubt")}</span>
          </span>
        )}
      </span>
      <Values facet={facet} values={bench.draft.labels[facet.facet] ?? []} />
      <ShopSays facet={facet} values={bench.draft.labels[facet.facet] ?? []} />
    </button>
  );
}

/** Whether the answer says anything of the facet: a click leaves it aside, here and from now on. */
function Look({ facet, isAside }: { facet: string; isAside: boolean }) {
  const { t } = useTranslation();
  const name = useFacetName()(facet);
  const Icon = isAside ? EyeOff : Eye;
  return (
    <button
      type="button"
      className={styles.look}
      aria-pressed={!isAside}
      aria-label={t("review.desk.lookedAt", { facet: name })}
      title={t(isAside ? "review.desk.aside" : "review.desk.leaveAside")}
      onClick={() => toggleAside(facet)}
    >
      <Icon size={15} aria-hidden />
    </button>
  );
}

function isChanged({ draft }: Bench, { facet, chosen }: ReviewFacet): boolean {
  return (draft.labels[facet] ?? []).join() !== chosen.join();
}

/** What is chosen, and by whom. */
function Values({ facet, values }: { facet: ReviewFacet; values: readonly string[] }) {
  const { t } = useTranslation();
  const labelName = useLabelName();
  const isChanged = values.join() !== facet.chosen.join();
  const scoreOf = (value: string) => facet.candidates.find((one) => one.value === value)?.score;
  return (
    <span className={styles.values}>
      {values.length === 0 && <span className={styles.none}>{t("review.desk.noLabel")}</span>}
      {values.map((value) => {
        const score = scoreOf(value);
        return (
          <span key={value} className={styles.value}>
            {labelName(facet.facet, value)}
            {!isChanged && facet.chosen_by === "model" && score !== undefined && (
              <span className={styles.soft}> {percent(score)}</span>
            )}
          </span>
        );
      })}
      {isChanged && <Mark icon={<PencilLine size={14} aria-hidden />} says="review.desk.changed" />}
      {!isChanged && facet.chosen_by === "person" && (
        <Mark icon={<UserRoundCheck size={14} aria-hidden />} says="catalog.byPerson" />
      )}
    </span>
  );
}

interface MarkProps {
  icon: React.ReactNode;
  says: "review.desk.changed" | "catalog.byPerson";
}

function Mark({ icon, says }: MarkProps) {
  const { t } = useTranslation();
  return (
    <span className={styles.mark} title={t(says)}>
      {icon}
      <span className="hidden-text">{t(says)}</span>
    </span>
  );
}

/** The shop's own value, and the word it means where that is another. */
function ShopSays({ facet, values }: { facet: ReviewFacet; values: readonly string[] }) {
  const { t } = useTranslation();
  const labelName = useLabelName();
  if (facet.shop === "") return null;
  const means = facet.shop_means;
  const differs = means !== null && !values.includes(means);
  const word = means === null ? "" : labelName(facet.facet, means);
  const isSame = word.toLocaleLowerCase() === facet.shop.toLocaleLowerCase();
  return (
    <span className={styles.shop} data-differs={differs}>
      {t("review.desk.shop", { value: facet.shop })}
      {word !== "" && !isSame && ` → ${word}`}
      {differs && <span className="hidden-text"> {t("review.desk.shopDiffers")}</span>}
    </span>
  );
}

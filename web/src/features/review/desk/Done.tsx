import { Coffee, Sparkles } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ReviewProgress } from "@/api/types";
import { Button } from "@/components/Button";
import { ButtonLink } from "@/components/ButtonLink";
import { count } from "@/texts/format";

import styles from "./Done.module.css";
import type { Session } from "./session";
import { seconds } from "../shared/words";

interface Props {
  session: Session;
  progress: ReviewProgress | undefined;
  /** Whether filters leave out items that wait. */
  isNarrowed: boolean;
  onWiden: () => void;
  onLook: () => void;
  isLooking: boolean;
}

/** Nothing waits any more: what was done, and a moment's rest. */
export function Done({ session, progress, isNarrowed, onWiden, onLook, isLooking }: Props) {
  const { t } = useTranslation();
  const isSome = session.answered > 0;
  const figures = [
    [t("review.done.answered"), isSome && count(session.answered)],
    [t("review.done.corrected"), isSome && count(session.corrected)],
    [t("review.done.pace"), session.median !== null && seconds(session.median)],
    [t("review.done.today"), progress && count(progress.mine_today)],
    [t("review.done.everybody"), progress && count(progress.done_total)],
  ] as const;
  const more = isNarrowed && (progress?.open ?? 0) > 0;
  return (
    <section className={styles.done} aria-labelledby="review-done">
      <div className={styles.icon}>
        {isSome ? <Sparkles size={30} aria-hidden /> : <Coffee size={30} aria-hidden />}
      </div>
      <div role="status">
        <h2 id="review-done" className={styles.title}>
          {isSome ? t("review.done.title") : t("review.done.empty")}
        </h2>
      </div>
      <p className={styles.text}>{isSome ? t("review.done.text") : t("review.done.emptyText")}</p>
      <dl className={styles.figures}>
        {figures.map(
          ([name, value]) =>
            typeof value === "string" && (
              <div key={name} className={styles.figure}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      <div className={styles.actions}>
        {more && (
          <Button look="primary" onClick={onWiden}>
            {t("review.done.widen", { count: progress?.open ?? 0 })}
          </Button>
        )}
        <Button look={more ? "secondary" : "primary"} busy={isLooking} onClick={onLook}>
          {t("review.done.look")}
        </Button>
        <ButtonLink to="/review/quality" search={{}}>
          {t("review.quality.title")}
        </ButtonLink>
      </div>
    </section>
  );
}

import { useTranslation } from "react-i18next";

import type { ReviewProgress } from "@/api/types";
import { count } from "@/texts/format";

import { seconds } from "../shared/words";
import styles from "./Figures.module.css";
import type { Session } from "./session";

interface Props {
  session: Session;
  progress: ReviewProgress | undefined;
  /** How many items wait, as the desk knows it. */
  open: number | null;
}

/** What was done today, what waits, and how fast it goes. */
export function Figures({ session, progress, open }: Props) {
  const { t } = useTranslation();
  const figures = [
    [t("review.desk.today"), progress && count(progress.mine_today)],
    [t("review.desk.waiting"), open !== null && count(open)],
    [t("review.desk.pace"), session.median !== null && seconds(session.median)],
  ] as const;
  return (
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
  );
}

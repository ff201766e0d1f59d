import { useTranslation } from "react-i18next";

import type { ReviewQuality } from "@/api/types";
import { Panel } from "@/components/Panel";
import { count, percent } from "@/texts/format";

import { seconds } from "../shared/words";
import styles from "./Quality.module.css";

/** Who answered how much, how fast, and how well they agree with the others. */
export function Reviewers({ reviewers }: { reviewers: ReviewQuality["reviewers"] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("review.quality.reviewers")}>
      {reviewers.length === 0 ? (
        <p className={styles.soft}>{t("review.quality.noReviewers")}</p>
      ) : (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t("account.name")}</th>
                <th scope="col">{t("review.quality.answered")}</th>
                <th scope="col">{t("review.quality.agreed")}</th>
                <th scope="col">{t("review.quality.median")}</th>
              </tr>
            </thead>
            <tbody>
              {reviewers.map((one) => (
                <tr key={one.user_id}>
                  <th scope="row">{one.name}</th>
                  <td>{count(one.answered)}</td>
                  <td>
                    {one.agreement === null
                      ? "–"
                      : t("review.quality.on", {
                          figure: percent(one.agreement),
                          n: count(one.n),
                        })}
                  </td>
                  <td>{one.seconds_median === null ? "–" : seconds(one.seconds_median)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

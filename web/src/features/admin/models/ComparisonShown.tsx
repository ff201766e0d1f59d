import { useTranslation } from "react-i18next";

import type { Comparison } from "@/api/types";
import { count, decimal, duration, percent, relative } from "@/texts/format";
import { readable } from "@/texts/words";

import styles from "./Models.module.css";

/** The same questions put to what was searched and to this collection, before anybody searches it. */
export function ComparisonShown({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation();
  const { k, overlap, recall, segments } = comparison;
  return (
    <div className={styles.compared}>
      <h3>{t("admin.models.comparison")}</h3>
      <p className={styles.soft}>
        {t("admin.models.beside", {
          name: comparison.beside,
          products: count(comparison.products),
          when: relative(comparison.at),
        })}
      </p>
      {overlap !== null && <p>{t("admin.models.overlap", { k, share: percent(overlap) })}</p>}
      <table className={styles.table}>
        <caption className="hidden-text">{t("admin.models.comparison")}</caption>
        <thead>
          <tr>
            {(["measure", "before", "after", "difference"] as const).map((head) => (
              <th key={head} scope="col">
                {t(`admin.models.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {recall && (
            <Compared
              name={t("admin.models.recall", { k })}

              {...recall}
              kind="share"
            />
          )}
          {segments.map(({ category, ...each }) => (
            <Compared key={category} name={readable(category)} {...each} kind="share" />
          ))}
          {(["words", "photo"] as const).map((part) => (
            <Compared
              key={part}
              name={t(`admin.models.latency.${part}`)}
              before={comparison.before?.[part] ?? null}
              after={comparison.after?.[part] ?? null}
              kind="time"
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ComparedProps {
  name: string;
  before: number | null;
  after: number | null;
  n?: number;
  verified?: boolean;
  kind: "share" | "time";
}

function Compared({ name, before, after, n, verified = false, kind }: ComparedProps) {
  const { t } = useTranslation();
  const shown = (value: number | null) =>
    value === null ? "–" : kind === "time" ? duration(value) : decimal(value);
  const apart = before === null || after === null ? null : after - before;
  return (
    <tr>
      <th scope="row">
        {name}
        {n !== undefined && (
          <span className={styles.small}>
            {t(verified ? "admin.models.verifiedPairs" : "admin.models.pairs", { n: count(n) })}
          </span>
        )}
      </th>
      <td>{shown(before)}</td>
      <td>{shown(after)}</td>
      <td>{kind === "share" && apart !== null ? decimal(apart, true) : shown(apart)}</td>
    </tr>
  );
}

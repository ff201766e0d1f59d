import { useTranslation } from "react-i18next";

import type { ImportResult } from "@/api/types";
import { count } from "@/texts/format";

import styles from "./Counts.module.css";

/** How many products each thing became of, or would. */
export function Counts({
  counts,
  planned = false,
}: {
  counts: ImportResult["counts"];
  planned?: boolean;
}) {
  const { t } = useTranslation();
  const names = planned
    ? {
        created: t("catalog.willCreate"),
        updated: t("catalog.willUpdate"),
        restored: t("catalog.willRestore"),
        unchanged: t("catalog.unchanged"),
        refused: t("catalog.willRefuse"),
      }
    : {
        created: t("catalog.didCreate"),
        updated: t("catalog.didUpdate"),
        restored: t("catalog.didRestore"),
        unchanged: t("catalog.unchanged"),
        refused: t("catalog.didRefuse"),
      };
  const shown = ["created", "updated", "restored", "unchanged", "refused"] as const;
  return (
    <dl className={styles.counts}>
      {shown.map((name) => (
        <div key={name} data-bad={name === "refused" && counts.refused > 0}>
          <dt>{names[name]}</dt>
          <dd>{count(counts[name])}</dd>
        </div>
      ))}
    </dl>
  );
}

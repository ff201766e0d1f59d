import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { SourcePull } from "@/api/types";
import { Badge } from "@/components/Badge";
import { RowFacts } from "@/components/Rows";
import { count, dateTime, relative } from "@/texts/format";

import styles from "./Sources.module.css";
import { counted, PULL_TONES } from "./words";

/** How a pull went: its state, when, what became of products, and why it brought nothing. */
export function PullTold({ pull }: { pull: SourcePull }) {
  const { t } = useTranslation();
  return (
    <div className={styles.pull}>
      <RowFacts>
        <Badge tone={PULL_TONES[pull.state]}>{t(`admin.sources.state.${pull.state}`)}</Badge>
        <span title={dateTime(pull.created_at)}>{relative(pull.created_at)}</span>
        {counted(pull).map((each) => (
          <span key={each.what}>
            {t(`admin.sources.counts.${each.what}`, { shown: count(each.count) })}
          </span>
        ))}
        {pull.job_id && (
          <Link to="/jobs/$jobId" params={{ jobId: pull.job_id }} className={styles.link}>
            {t("admin.sources.job")}
          </Link>
        )}
      </RowFacts>
      {pull.told && <p className={styles.lead}>{pull.told}</p>}
    </div>
  );
}

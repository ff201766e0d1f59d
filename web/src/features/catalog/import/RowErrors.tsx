import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ImportResult } from "@/api/types";
import { buttonClass } from "@/components/Button";
import { FailureLine } from "@/components/Notice";
import { Skeleton } from "@/components/Skeleton";

import { usePartName } from "../shared/words";
import type { RowError } from "./csv";
import { errorsUrl, importErrorsQuery } from "./queries";
import styles from "./Tables.module.css";

/** How many rows are shown; the file has them all. */
const SHOWN = 50;

interface Props {
  jobId: string;
  counts: ImportResult["counts"];
}

/** The rows that were refused, or stored without some picture, and why; all of them in a file. */
export function RowErrors({ jobId, counts }: Props) {
  const { t } = useTranslation();
  const told = counts.refused + counts.incomplete;
  const errors = useQuery({ ...importErrorsQuery(jobId), enabled: told > 0 });
  if (told === 0) return null;
  const rows = errors.data ?? [];
  return (
    <div className={styles.block}>
      <div className={styles.head}>
        <h3>{t("catalog.rowErrors")}</h3>
        <a
          href={errorsUrl(jobId)}
          download
          className={buttonClass()}
          data-look="secondary"
          data-size="small"
        >
          <Download size={16} aria-hidden />
          {t("catalog.downloadErrors")}
        </a>
      </div>
      {errors.isPending && <Skeleton height="160px" />}
      <FailureLine error={errors.error} />
      {rows.length > 0 && <Table rows={rows.slice(0, SHOWN)} />}
      {rows.length > SHOWN && (
        <p className={styles.soft}>{t("catalog.moreErrors", { count: rows.length - SHOWN })}</p>
      )}
    </div>
  );
}

function Table({ rows }: { rows: readonly RowError[] }) {
  const { t } = useTranslation();
  const partName = usePartName();
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label={t("catalog.rowErrors")}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be in reach of the keyboard
      tabIndex={0}
    >
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("catalog.line")}</th>
            <th scope="col">{partName("external_id")}</th>
            <th scope="col">{t("catalog.fieldOf")}</th>
            <th scope="col">{t("catalog.reasonOf")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.line}.${row.field}.${row.reason}`}>
              <td className={styles.number}>{row.line}</td>
              <td>{row.externalId}</td>
              <td>{partName(row.field)}</td>
              <td>{row.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

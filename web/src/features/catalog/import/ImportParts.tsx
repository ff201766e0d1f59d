import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ImportResult } from "@/api/types";
import { buttonLook } from "@/components/Button";
import { FailureLine } from "@/components/Notice";
import { Skeleton } from "@/components/Skeleton";
import { count } from "@/texts/format";

import styles from "./ImportParts.module.css";
import { errorsUrl, importErrorsQuery } from "../shared/queries";
import {
  attributeName,
  attributeOf,
  becomes,
  BECOMES,
  decided,
  FORMATS,
  isFormat,
  sampleOf,
  type Reading,
} from "./reading";
import { fieldName } from "../shared/words";

const SHOWN = 50;

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

interface MappingProps {
  told: ImportResult;
  reading: Reading;
  onReading: (reading: Reading) => void;
  editable: boolean;
}

/** What becomes of each column, to be looked at and changed. */
export function Mapping({ told, reading, onReading, editable }: MappingProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.block}>
      <div className={styles.head}>
        <h3>{t("catalog.mapping")}</h3>
        <p className={styles.soft}>
          {t("catalog.readAs", {
            format: isFormat(told.format) ? FORMATS[told.format] : told.format,
          })}
        </p>
      </div>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("catalog.column")}</th>
              <th scope="col">{t("catalog.becomes")}</th>
            </tr>
          </thead>
          <tbody>
            {told.columns.map((use) => (
              <tr key={use.column}>
                <th scope="row">
                  {use.column}
                  <span className={styles.sample}>{sampleOf(told, use.column)}</span>
                </th>
                <td>
                  <select
                    className={styles.select}
                    aria-label={t("catalog.becomesOf", { column: use.column })}
                    value={becomes(reading, use)}
                    disabled={!editable}
                    data-ignored={becomes(reading, use) === ""}
                    onChange={({ target }) =>
                      onReading(
                        decided(
                          reading,
                          { column: use.column, becomes: target.value },
                          use.becomes,
                        ),
                      )
                    }
                  >
                    <Choices column={use.column} found={use.becomes} />
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Choices({ column, found }: { column: string; found: string }) {
  const { t } = useTranslation();
  const own = attributeOf(column);
  const usual: readonly string[] = [...BECOMES, "", own];
  const named = (field: string) => {
    const attribute = attributeName(field);
    return attribute === null ? fieldName(t, field) : t("catalog.asAttribute", { name: attribute });
  };
  return (
    <>
      {!usual.includes(found) && <option value={found}>{named(found)}</option>}
      {BECOMES.map((field) => (
        <option key={field} value={field}>
          {fieldName(t, field)}
        </option>
      ))}
      <option value={own}>{named(own)}</option>
      <option value="">{t("catalog.ignore")}</option>
    </>
  );
}

/** The rows that were refused and why; all of them in a file. */
export function RowErrors({ jobId, refused }: { jobId: string; refused: number }) {
  const { t } = useTranslation();
  const errors = useQuery({ ...importErrorsQuery(jobId), enabled: refused > 0 });
  if (refused === 0) return null;
  const rows = errors.data ?? [];
  return (
    <div className={styles.block}>
      <div className={styles.head}>
        <h3>{t("catalog.rowErrors")}</h3>
        <a
          href={errorsUrl(jobId)}
          download
          className={buttonLook}
          data-look="secondary"
          data-size="small"
        >
          <Download size={16} aria-hidden />
          {t("catalog.downloadErrors")}
        </a>
      </div>
      {errors.isPending && <Skeleton height="160px" />}
      <FailureLine error={errors.error} />
      {rows.length > 0 && (
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
                <th scope="col">{fieldName(t, "external_id")}</th>
                <th scope="col">{t("catalog.fieldOf")}</th>
                <th scope="col">{t("catalog.reasonOf")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, SHOWN).map((row) => (
                <tr key={`${row.line}.${row.field}.${row.reason}`}>
                  <td className={styles.number}>{row.line}</td>
                  <td>{row.externalId}</td>
                  <td>{fieldName(t, row.field)}</td>
                  <td>{row.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > SHOWN && (
        <p className={styles.soft}>{t("catalog.moreErrors", { count: rows.length - SHOWN })}</p>
      )}
    </div>
  );
}

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { buttonClass } from "@/components/Button";
import { Panel } from "@/components/Panel";

import styles from "./Analytics.module.css";

interface Props {
  title: string;
  lead?: string;
  /** Where the same list comes from as a file. */
  file: string;
  columns: readonly string[];
  /** Of each row its name, and its figures. */
  rows: readonly (readonly [string, ...ReactNode[]])[];
}

/** One list of figures: a table, and the same as a file. */
export function Table({ title, lead, file, columns, rows }: Props) {
  const { t } = useTranslation();
  return (
    <Panel
      title={title}
      lead={lead}
      actions={
        rows.length > 0 && (
          <a
            href={file}
            download
            className={buttonClass()}
            data-look="secondary"
            data-size="small"
            aria-label={t("admin.analytics.file", { title })}
          >
            CSV
          </a>
        )
      }
    >
      {rows.length === 0 && <p className={styles.soft}>{t("admin.analytics.nothing")}</p>}
      {rows.length > 0 && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        <div className={styles.scroll} tabIndex={0} role="group" aria-label={title}>
          <table className={styles.table}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, ...figures], at) => (
                <tr key={at}>
                  <th scope="row">{name}</th>
                  {figures.map((figure, place) => (
                    <td key={place}>{figure}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

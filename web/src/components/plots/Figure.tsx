import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import styles from "./Figure.module.css";

interface Props {
  title: string;
  /** What the numbers are, a line of it. */
  note?: string | undefined;
  columns: readonly string[];
  /** The same numbers as the plot's, in words; the first of each row names it. */
  rows: readonly (readonly string[])[];
  children: ReactNode;
}

/** A plot with its name, and its numbers as a table for those who want or need them. */
export function Figure({ title, note, columns, rows, children }: Props) {
  const { t } = useTranslation();
  return (
    <figure className={styles.figure}>
      <figcaption>
        <span className={styles.title}>{title}</span>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </figcaption>
      {children}
      <details className={styles.numbers}>
        <summary>{t("common.asTable")}</summary>
        <div className={styles.scroll}>
          <table className={styles.table}>
            <caption className="hidden-text">{title}</caption>
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
              {rows.map(([name, ...values], at) => (
                <tr key={at}>
                  <th scope="row">{name}</th>
                  {values.map((value, place) => (
                    <td key={place}>{value}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

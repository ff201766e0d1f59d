import { useTranslation } from "react-i18next";

import type { JobDepth } from "@/api/types";
import { Panel } from "@/components/Panel";
import { count, relative } from "@/texts/format";

import { depthsOf, STATES } from "./depths";
import styles from "./System.module.css";

interface Props {
  jobs: readonly JobDepth[] | null;
  oldest: string | null;
}

/** How many jobs of each kind wait, run and failed. */
export function Depths({ jobs, oldest }: Props) {
  const { t } = useTranslation();
  const rows = depthsOf(jobs ?? []);
  return (
    <Panel
      title={t("admin.system.jobs")}
      lead={oldest ? t("admin.system.oldest", { when: relative(oldest) }) : t("admin.system.empty")}
    >
      {rows.length === 0 ? (
        <p className={styles.soft}>{t("admin.system.jobsNone")}</p>
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("admin.system.kind")}</th>
              {STATES.map((state) => (
                <th key={state} scope="col">
                  {t(`jobs.status.${state}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ kind, counts }) => (
              <tr key={kind}>
                <th scope="row">{t(`jobs.kind.${kind}`, { defaultValue: kind })}</th>
                {STATES.map((state) => (
                  <td key={state} data-some={state === "failed" && counts[state] > 0 && "danger"}>
                    {count(counts[state])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

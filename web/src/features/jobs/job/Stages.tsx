import { useTranslation } from "react-i18next";

import { duration } from "@/texts/format";

import styles from "./Stages.module.css";
import { stageName } from "../shared/told";

/** Bars as long as each stage took. */
export function Stages({ milliseconds }: { milliseconds: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation();
  const stages = Object.entries(milliseconds).flatMap(([name, value]) =>
    typeof value === "number" ? [{ name, value }] : [],
  );
  const longest = Math.max(...stages.map(({ value }) => value), 1);
  return (
    <dl className={styles.stages}>
      {stages.map(({ name, value }) => (
        <div key={name} className={styles.stage}>
          <dt>{stageName(t, name)}</dt>
          <dd className={styles.time}>
            <span className={styles.track} aria-hidden>
              <span className={styles.bar} style={{ width: `${(100 * value) / longest}%` }} />
            </span>
            {duration(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

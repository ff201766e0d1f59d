import { useTranslation } from "react-i18next";

import type { Gate, GateFigure } from "@/api/types";
import { Badge } from "@/components/Badge";
import { count, dateTime, decimal } from "@/texts/format";

import styles from "./Models.module.css";
import { figureName, VERDICT_TONES } from "./words";

/** Whether a gate passed a model, in a sentence, and who overruled it. */
export function Verdict({ gate }: { gate: Gate }) {
  const { t } = useTranslation();
  const { override } = gate;
  return (
    <div className={styles.verdict}>
      <p>
        <Badge tone={gate.passed ? "success" : "danger"}>
          {gate.passed ? t("admin.models.passed") : t("admin.models.notPassed")}
        </Badge>{" "}
        <span lang="en">{gate.says}</span>
      </p>
      {override && (
        <p className={styles.warning}>
          {t("admin.models.overruled", {
            who: override.by,
            when: dateTime(override.at),
            reason: override.reason,
          })}
        </p>
      )}
    </div>
  );
}

/** All that a gate measured: before, after, the difference with its interval, what guarded what. */
export function GateShown({ gate }: { gate: Gate }) {
  const { t } = useTranslation();
  return (
    <>
      <Verdict gate={gate} />
      <p className={styles.soft}>
        {t("admin.models.judged", {
          against: gate.against,
          snapshot: gate.snapshot,
          products: count(gate.products),
          k: gate.recall_at,
        })}
      </p>
      {gate.figures.length > 0 && (
        <table className={styles.table}>
          <caption className="hidden-text">{t("admin.models.figures")}</caption>
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
            {gate.figures.map((figure) => (
              <FigureRow key={figure.name} figure={figure} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function FigureRow({ figure }: { figure: GateFigure }) {
  const { t } = useTranslation();
  const { bar, difference, low, high } = figure;
  return (
    <tr>
      <th scope="row">
        {figureName(t, figure.name)}
        <span className={styles.small}>
          {bar === null
            ? t(`admin.models.decides.${figure.role}`)
            : t("admin.models.guarded", { bar: decimal(bar) })}
        </span>
        <span className={styles.small}>n = {count(figure.n)}</span>
        <Badge tone={VERDICT_TONES[figure.verdict]}>
          {t(`admin.models.verdict.${figure.verdict}`)}
        </Badge>
      </th>
      <td>{shown(figure.active)}</td>
      <td>{shown(figure.candidate)}</td>
      <td>
        {shown(difference, true)}
        {low !== null && high !== null && (
          <span className={styles.small}>
            {t("admin.models.interval", {
              low: decimal(low, true, 3),
              high: decimal(high, true, 3),
            })}
          </span>
        )}
      </td>
    </tr>
  );
}

function shown(value: number | null, signed = false): string {
  return value === null ? "–" : decimal(value, signed, 3);
}

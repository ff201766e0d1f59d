import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import type { SearchCollection } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Facts } from "@/components/Facts";
import { Panel } from "@/components/Panel";
import { Progress } from "@/components/Progress";
import { count, dateTime, percent } from "@/texts/format";
import { spaced } from "@/texts/words";

import { CollectionActs } from "./CollectionActs";
import { ComparisonShown } from "./ComparisonShown";
import styles from "./Models.module.css";
import { WentWrong } from "./Run";
import { useFollowed } from "./useFollowed";
import { STATE_TONES } from "./words";

/** One vector space: what makes it, how far its build is, how it compares, what can be done. */
export function Collection({ collection }: { collection: SearchCollection }) {
  const { t } = useTranslation();
  const { state, comparison } = collection;
  const stopped = state === "building" && collection.job === null;
  return (
    <Panel title={collection.name} actions={<CollectionActs collection={collection} />}>
      <div className={styles.badges}>
        <Badge tone={STATE_TONES[state]}>{t(`admin.models.state.${state}`)}</Badge>
      </div>
      <p className={styles.soft}>{t(`admin.models.stateText.${stopped ? "stopped" : state}`)}</p>
      <Building collection={collection} />
      <Facts
        facts={[
          [t("admin.models.model"), collection.model_version],
          [t("admin.models.preprocess"), collection.preprocess_version],
          [t("admin.models.textShare"), percent(collection.text_share)],
          [t("admin.models.products"), state === "retired" ? null : count(collection.products)],
          [t("admin.models.lacking"), state === "retired" ? null : count(collection.lacking)],
          [t("admin.models.built"), collection.built_at && dateTime(collection.built_at)],
          [
            t("admin.models.activated"),
            collection.activated_at && dateTime(collection.activated_at),
          ],
        ]}
      />
      <Failed failures={collection.failures} />
      {comparison && state !== "active" && <ComparisonShown comparison={comparison} />}
    </Panel>
  );
}

function Building({ collection }: { collection: SearchCollection }) {
  const { t } = useTranslation();
  const job = useFollowed(collection.job);
  if (job === null) return null;
  if (job.status === "queued") return <p>{t("jobs.waiting")}</p>;
  const { done, total } = job;
  const label = total > 1 ? t("jobs.progress", { done, total }) : t("jobs.working");
  return (
    <>
      {!hasEnded(job) && <Progress label={label} share={total > 1 ? job.progress : null} />}
      <WentWrong job={job} />
    </>
  );
}

function Failed({ failures }: Pick<SearchCollection, "failures">) {
  const { t } = useTranslation();
  if (failures.length === 0) return null;
  return (
    <div className={styles.wrong}>
      <h3>{t("admin.models.failed")}</h3>
      <ul>
        {failures.map(({ code, count: n }) => (
          <li key={code}>
            {spaced(code)}: {count(n)}
          </li>
        ))}
      </ul>
    </div>
  );
}

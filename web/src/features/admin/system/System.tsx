import { useQuery } from "@tanstack/react-query";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { SystemState } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Facts } from "@/components/Facts";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { Progress } from "@/components/Progress";
import { QueryState } from "@/components/QueryState";
import { Row, Rows } from "@/components/Rows";
import { count, dateTime, duration } from "@/texts/format";

import { Depths } from "./Depths";
import { PurgeWaits } from "./PurgeWaits";
import { systemQuery } from "./queries";
import styles from "./System.module.css";

/** What runs here, in which versions, and how each part is. */
export default function System() {
  const { t } = useTranslation();
  const found = useQuery(systemQuery);
  return (
    <Page
      title={t("admin.system.title")}
      width="medium"
      actions={<p className={styles.soft}>{t("admin.system.refreshed")}</p>}
    >
      <QueryState query={found} height="480px" />
      {found.data && (
        <>
          <PurgeWaits />
          <Overall parts={found.data.parts} />
          <div className={styles.panels}>
            <Parts parts={found.data.parts} />
            <Versions told={found.data} />
            <Depths jobs={found.data.jobs} oldest={found.data.oldest_queued_at} />
            <Workers workers={found.data.workers} />
            <Index told={found.data} />
            <Collections collections={found.data.collections ?? []} />
          </div>
        </>
      )}
    </Page>
  );
}

function Overall({ parts }: { parts: SystemState["parts"] }) {
  const { t } = useTranslation();
  const down = parts.filter((part) => !part.healthy).length;
  return (
    <p role="status" className={styles.overall} data-well={down === 0}>
      {down === 0 ? <CircleCheck size={20} aria-hidden /> : <TriangleAlert size={20} aria-hidden />}
      {down === 0 ? t("admin.system.allWell") : t("admin.system.someDown", { count: down })}
    </p>
  );
}

function Parts({ parts }: { parts: SystemState["parts"] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("admin.system.parts")}>
      <Rows label={t("admin.system.parts")}>
        {parts.map((part) => (
          <Row key={part.name}>
            <div className={styles.part}>
              <div>
                <p className={styles.name}>{t(`admin.system.part.${part.name}`)}</p>
                <p className={styles.soft}>
                  {part.kind} · {duration(part.milliseconds)}
                </p>
              </div>
              <Badge tone={part.healthy ? "success" : "danger"}>
                {part.healthy ? t("admin.system.works") : t("admin.system.down")}
              </Badge>
              {part.error && <p className={styles.error}>{part.error}</p>}
            </div>
          </Row>
        ))}
      </Rows>
    </Panel>
  );
}

function Workers({ workers }: { workers: SystemState["workers"] }) {
  const { t } = useTranslation();
  if (workers === null) return null;
  return (
    <Panel title={t("admin.system.workers")}>
      {workers.length === 0 && <p className={styles.warning}>{t("admin.system.noWorkers")}</p>}
      {workers.length > 0 && (
        <Rows label={t("admin.system.workers")}>
          {workers.map((each) => (
            <Row key={each.name}>
              <div>
                <p className={styles.name}>{each.name}</p>
                <p className={styles.soft}>
                  {t("admin.system.worker", {
                    jobs: count(each.jobs),
                    running: count(each.running),
                    slots: count(each.slots),
                  })}
                  {each.last_job_at && ` · ${dateTime(each.last_job_at)}`}
                </p>
              </div>
            </Row>
          ))}
        </Rows>
      )}
    </Panel>
  );
}

function Versions({ told }: { told: SystemState }) {
  const { t } = useTranslation();
  const { models } = told;
  return (
    <Panel title={t("admin.system.versions")}>
      {told.matching === false && <p className={styles.warning}>{t("admin.system.mismatch")}</p>}
      <Facts
        facts={[
          [t("admin.system.app"), told.version],
          [t("admin.system.encoder"), models?.encoder],
          [t("admin.system.preprocess"), models?.preprocess],
          [t("admin.system.detector"), models?.detector],
          [t("admin.system.vocabulary"), told.vocabulary],
          [t("admin.system.dimension"), models && count(models.dimension)],
        ]}
      />
    </Panel>
  );
}

function Index({ told }: { told: SystemState }) {
  const { t } = useTranslation();
  const { index, stock } = told;
  return (
    <Panel title={t("admin.system.index")}>
      {index?.indexed == null ? (
        <p className={styles.soft}>{t("admin.system.indexUnknown")}</p>
      ) : (
        <Progress
          label={t("admin.system.indexed", {
            indexed: count(index.indexed),
            expected: count(index.expected),
          })}
          share={index.expected > 0 ? Math.min(1, index.indexed / index.expected) : 1}
        />
      )}
      {stock && (
        <Facts
          facts={[
            [t("admin.system.products"), count(stock.products)],
            [t("admin.system.trash"), count(stock.deleted)],
            [t("admin.system.images"), count(stock.images)],
          ]}
        />
      )}
    </Panel>
  );
}

function Collections({ collections }: { collections: NonNullable<SystemState["collections"]> }) {
  const { t } = useTranslation();
  if (collections.length === 0) return null;
  return (
    <Panel title={t("admin.system.collections")}>
      <Rows label={t("admin.system.collections")}>
        {collections.map((each) => (
          <Row key={each.name}>
            <div className={styles.part}>
              <div>
                <p className={styles.name}>{each.name}</p>
                <p className={styles.soft}>
                  {count(each.dimension)} {t("admin.system.dimension")}
                  {each.activated_at && ` · ${dateTime(each.activated_at)}`}
                </p>
              </div>
              {each.active && <Badge tone="success">{t("admin.system.active")}</Badge>}
            </div>
          </Row>
        ))}
      </Rows>
    </Panel>
  );
}

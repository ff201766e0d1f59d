import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { Job, Snapshot } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Select } from "@/components/Field";
import { FailureLine } from "@/components/Notice";
import { Panel } from "@/components/Panel";
import { Progress } from "@/components/Progress";
import { QueryState } from "@/components/QueryState";
import { Row, RowFacts, Rows } from "@/components/Rows";
import { count, dateTime } from "@/texts/format";

import { useAct } from "./actions";
import styles from "./Models.module.css";
import { snapshotsQuery } from "./queries";
import { WentWrong } from "./Run";
import { useFollowed } from "./useFollowed";
import { FORMATS } from "./words";

/** The verified data that was written, never changed again, and a way to write it as it is now. */
export function Snapshots() {
  const { t } = useTranslation();
  const found = useQuery(snapshotsQuery);
  return (
    <Panel title={t("admin.models.snapshots")} lead={t("admin.models.snapshotsLead")}>
      <Write />
      <QueryState query={found} height="120px" />
      {found.data?.length === 0 && <p className={styles.soft}>{t("admin.models.noSnapshots")}</p>}
      {found.data && found.data.length > 0 && (
        <Rows label={t("admin.models.snapshots")}>
          {found.data.map((one) => (
            <Row key={one.id}>
              <p className={styles.name}>
                {one.name} <Badge>{one.format}</Badge>
              </p>
              <RowFacts>
                <time dateTime={one.created_at}>{dateTime(one.created_at)}</time>
                <Counted snapshot={one} />
                <code>{one.sha256.slice(0, 12)}</code>
              </RowFacts>
            </Row>
          ))}
        </Rows>
      )}
    </Panel>
  );
}

function Counted({ snapshot }: { snapshot: Snapshot }) {
  const { t } = useTranslation();
  const { products, photos } = snapshot.counts;
  if (typeof products !== "number" || typeof photos !== "number") return null;
  return (
    <span>{t("admin.models.counted", { products: count(products), photos: count(photos) })}</span>
  );
}

function Write() {
  const { t } = useTranslation();
  const [format, setFormat] = useState(FORMATS[0] ?? "clip");
  const [job, setJob] = useState<Job | null>(null);
  const write = useAct(async () => {
    setJob(held(await api.POST("/v1/snapshots", { body: { format } })).job);
  }, t("admin.models.writing"));
  return (
    <>
      <div className={styles.write}>
        <Select
          label={t("admin.models.format")}
          value={format}
          onChange={(event) =>
            setFormat(FORMATS.find((one) => one === event.target.value) ?? format)
          }
          choices={Object.fromEntries(FORMATS.map((one) => [one, t(`admin.models.for.${one}`)]))}
        />
        <Button busy={write.isPending} onClick={() => write.mutate(undefined)}>
          {t("admin.models.write")}
        </Button>
      </div>
      <FailureLine error={write.error} />
      {job && <Written key={job.id} job={job} />}
    </>
  );
}

function Written({ job: begun }: { job: Job }) {
  const { t } = useTranslation();
  const [ended, setEnded] = useState<Job | null>(null);
  const job = useFollowed(ended ?? begun, setEnded) ?? begun;
  if (job.status === "succeeded") return <p role="status">{t("admin.models.written")}</p>;
  if (job.status === "failed") return <WentWrong job={job} />;
  return <Progress label={t("jobs.working")} share={job.total > 1 ? job.progress : null} />;
}

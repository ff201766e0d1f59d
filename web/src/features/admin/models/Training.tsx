import { useInfiniteQuery } from "@tanstack/react-query";
import { GraduationCap, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { TrainingKind, TrainingRun } from "@/api/types";
import { Button } from "@/components/Button";
import { FailureLine, Notice } from "@/components/Notice";
import { Panel } from "@/components/Panel";
import { MoreButton, QueryState } from "@/components/QueryState";
import { Row, RowFacts, Rows } from "@/components/Rows";
import { relative } from "@/texts/format";

import { useAct } from "./actions";
import styles from "./Models.module.css";
import { runsQuery } from "./queries";
import { Run } from "./Run";
import { Snapshots } from "./Snapshots";
import { StartDialog } from "./StartDialog";

/** What Vitrine proposes to train and why, the runs there are, and the data they learn from. */
export function Training() {
  const { t } = useTranslation();
  const [starting, setStarting] = useState<TrainingKind | null>(null);
  const found = useInfiniteQuery(runsQuery);
  const runs = found.data?.pages.flatMap((page) => page.runs) ?? [];
  const proposals = runs.filter(({ state }) => state === "proposed");
  const others = runs.filter(({ state }) => state !== "proposed");
  return (
    <>
      <div className={styles.line}>
        <p className={styles.soft}>{t("admin.models.trainingLead")}</p>
        <Button
          look="primary"
          icon={<Plus size={16} aria-hidden />}
          onClick={() => setStarting("encoder")}
        >
          {t("admin.models.start")}
        </Button>
      </div>
      <QueryState query={found} height="320px" />
      {proposals.length > 0 && <Proposals runs={proposals} onStart={setStarting} />}
      {found.data && runs.length === 0 && (
        <Notice icon={<GraduationCap aria-hidden />} title={t("admin.models.noRuns")}>
          {t("admin.models.noRunsText")}
        </Notice>
      )}
      {others.map((run) => (
        <Run key={run.id} run={run} />
      ))}
      <MoreButton query={found} className={styles.more} />
      <Snapshots />
      {starting && <StartDialog kind={starting} onClose={() => setStarting(null)} />}
    </>
  );
}

interface ProposalsProps {
  runs: readonly TrainingRun[];
  onStart: (kind: TrainingKind) => void;
}

function Proposals({ runs, onStart }: ProposalsProps) {
  const { t } = useTranslation();
  return (
    <Panel title={t("admin.models.proposed")}>
      <Rows label={t("admin.models.proposed")}>
        {runs.map((run) => (
          <Row key={run.id}>
            <div className={styles.line}>
              <div>
                <p className={styles.name}>{t(`admin.models.kind.${run.kind}`)}</p>
                <RowFacts>
                  <span>{t("admin.models.why", { count: run.verified })}</span>
                  <time dateTime={run.created_at}>{relative(run.created_at)}</time>
                </RowFacts>
              </div>
              <div className={styles.acts}>
                <Button size="small" look="primary" onClick={() => onStart(run.kind)}>
                  {t("admin.models.startIt")}
                </Button>
                <Dismiss run={run} />
              </div>
            </div>
          </Row>
        ))}
      </Rows>
    </Panel>
  );
}

function Dismiss({ run }: { run: TrainingRun }) {
  const { t } = useTranslation();
  const act = useAct(async () => {
    const params = { path: { run_id: run.id } };
    held(await api.POST("/v1/training/runs/{run_id}/cancel", { params }));
  }, t("admin.models.dismissed"));
  return (
    <>
      <Button size="small" busy={act.isPending} onClick={() => act.mutate(undefined)}>
        {t("admin.models.dismiss")}
      </Button>
      <FailureLine error={act.error} />
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import type { IndexingResult, Job, RetentionResult } from "@/api/types";
import { Facts } from "@/components/Facts";
import { Failure } from "@/components/Notice";
import { Panel } from "@/components/Panel";
import { Skeleton } from "@/components/Skeleton";
import { count } from "@/texts/format";
import { spaced } from "@/texts/words";

import { resultQuery } from "../shared/queries";
import { Stages } from "./Stages";

/** What a job left behind, and how long each stage took. */
export function Made({ job }: { job: Job }) {
  const { t } = useTranslation();
  const found = useQuery(resultQuery(job));
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  if (found.data === undefined) {
    if (found.isFetching) return <Skeleton height="220px" />;
    return job.kind === "index" && !hasEnded(job) ? <p>{t("jobs.stagesNone")}</p> : null;
  }
  const { indexing, retention } = found.data;
  return (
    <>
      {indexing && <Indexed made={indexing} />}
      {retention && <Kept made={retention} />}
    </>
  );
}

function Indexed({ made }: { made: IndexingResult }) {
  const { t } = useTranslation();
  return (
    <>
      {Object.keys(made.milliseconds).length > 0 && (
        <Panel title={t("jobs.stages")}>
          <Stages milliseconds={made.milliseconds} />
        </Panel>
      )}
      <Panel title={t("jobs.made")}>
        <Facts
          facts={[
            [t("jobs.images"), count(made.images)],
            [t("jobs.crops"), count(made.crops)],
            [t("jobs.kept"), count(made.kept)],
            [t("jobs.model"), made.model_version],
            [t("jobs.preprocess"), made.preprocess_version],
            [t("jobs.detector"), made.detector],
          ]}
        />
      </Panel>
    </>
  );
}

function Kept({ made }: { made: RetentionResult }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("jobs.made")}>
      <Facts facts={Object.entries(made.counts).map(([name, n]) => [spaced(name), count(n)])} />
      {made.notes.length > 0 && (
        <div>
          <h3>{t("jobs.notes")}</h3>
          <ul>
            {made.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}

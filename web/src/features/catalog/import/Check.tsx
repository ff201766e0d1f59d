import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { ImportResult } from "@/api/types";
import { Button } from "@/components/Button";
import { FailureLine } from "@/components/Notice";
import { Skeleton } from "@/components/Skeleton";

import { useJob } from "../shared/job";
import { JobLine } from "../shared/JobLine";
import { Counts } from "./Counts";
import styles from "./Import.module.css";
import { Mapping } from "./Mapping";
import { importQuery } from "./queries";
import type { Reading } from "./reading";
import { RowErrors } from "./RowErrors";
import { WithoutPhotos } from "./WithoutPhotos";

interface Props {
  jobId: string;
  reading: Reading;
  onReading: (reading: Reading) => void;
  /** Whether the check was made with the present reading. */
  fresh: boolean;
  /** Whether the file is at hand; after a reload it is not. */
  ready: boolean;
  busy: boolean;
  onCheck: () => void;
  onImport: () => void;
}

/** What an import would do, to be looked at before it is done. */
export function Check({ jobId, ready, fresh, busy, ...props }: Props) {
  const { t } = useTranslation();
  const job = useJob(jobId);
  const went = job?.status === "succeeded";
  const { data: told, error } = useQuery({ ...importQuery(jobId), enabled: went });
  if (error) return <FailureLine error={error} />;
  if (!went) {
    return <JobLine jobId={jobId} label={t("catalog.checking")} done={t("catalog.checkDone")} />;
  }
  if (told === undefined) return <Skeleton height="320px" />;
  const products = productsOf(told);
  return (
    <section className={styles.checked} aria-labelledby="checked">
      <div>
        <h2 id="checked">{t("catalog.checkTitle")}</h2>
        <p className={styles.soft}>{t("catalog.checkText")}</p>
      </div>
      <Counts counts={told.counts} planned />
      <WithoutPhotos told={told} />
      <Mapping told={told} reading={props.reading} onReading={props.onReading} editable={ready} />
      <RowErrors jobId={jobId} counts={told.counts} />
      <div className={styles.end}>
        {!ready && <p className={styles.soft}>{t("catalog.chooseAgain")}</p>}
        {ready && !fresh && <p className={styles.soft}>{t("catalog.stale")}</p>}
        <Button disabled={!ready} busy={busy && !fresh} onClick={props.onCheck}>
          {t("catalog.checkAgain")}
        </Button>
        <Button
          look="primary"
          disabled={!ready || !fresh || products === 0}
          busy={busy}
          onClick={props.onImport}
        >
          {t("catalog.importNow", { count: products })}
        </Button>
      </div>
    </section>
  );
}

function productsOf({ counts }: ImportResult): number {
  return counts.created + counts.updated + counts.restored + counts.unchanged;
}

import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/api/problem";
import type { ImportResult } from "@/api/types";
import { Button } from "@/components/Button";
import { FailureLine } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Skeleton } from "@/components/Skeleton";

import { cancelJob, startImport } from "../shared/actions";
import { AddTabs } from "../shared/AddTabs";
import { Choose } from "./Choose";
import styles from "./Import.module.css";
import { Counts, Mapping, RowErrors } from "./ImportParts";
import { IdColumn } from "./IdColumn";
import { hasEnded, useJob } from "../shared/job";
import { JobLine } from "../shared/JobLine";
import { filesTold, onceFor, type Once } from "../shared/once";
import { importQuery, useRefresh } from "../shared/queries";
import { AS_FOUND, sameReading, type Reading } from "./reading";
import { Summary } from "./Summary";

const route = getRouteApi("/shell/import");

/** A file of products: chosen, checked without writing anything, then imported. */
export default function Import() {
  const { t } = useTranslation();
  const { check, job } = route.useSearch();
  const navigate = route.useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [images, setImages] = useState<File | null>(null);
  const [reading, setReading] = useState<Reading>(AS_FOUND);
  const [checked, setChecked] = useState<Reading>(AS_FOUND);
  const send = useSend(file, images);
  const startOver = () => {
    setFile(null);
    setImages(null);
    setReading(AS_FOUND);
    send.reset();
    void navigate({ search: {} });
  };
  const start = (dryRun: boolean, how = reading) => {
    setReading(how);
    send.mutate(
      { dryRun, reading: how },
      {
        onSuccess: ({ id }) => {
          if (dryRun) setChecked(how);
          void navigate({ search: dryRun ? { check: id } : { job: id }, resetScroll: false });
        },
      },
    );
  };
  const step = job ? 2 : check ? 1 : 0;
  return (
    <Page title={t("app.add")} width="narrow">
      <AddTabs />
      <Steps at={step} />
      {job ? (
        <Running jobId={job} onAnother={startOver} />
      ) : (
        <>
          <Choose
            file={file}
            images={images}
            reading={reading}
            onFile={(next) => {
              setFile(next);
              setReading({ ...reading, columns: {} });
              if (check) void navigate({ search: {} });
            }}
            onImages={setImages}
            onReading={setReading}
          />
          {!check && (
            <div className={styles.end}>
              <Button
                look="primary"
                disabled={file === null}
                busy={send.isPending}
                onClick={() => start(true)}
              >
                {send.isPending ? t("catalog.sending") : t("catalog.check")}
              </Button>
            </div>
          )}
          {file && isWithoutId(send.error) ? (
            <IdColumn
              file={file}
              busy={send.isPending}
              onColumn={(column) => {
                const columns = { ...reading.columns, [column]: "external_id" };
                start(true, { ...reading, columns });
              }}
            />
          ) : (
            <FailureLine error={send.error} />
          )}
          {check && (
            <Checked
              key={check}
              jobId={check}
              reading={reading}
              onReading={setReading}
              fresh={sameReading(reading, checked)}
              ready={file !== null}
              busy={send.isPending}
              onCheck={() => start(true)}
              onImport={() => start(false)}
            />
          )}
        </>
      )}
    </Page>
  );
}

function useSend(file: File | null, images: File | null) {
  const once = useRef<Once | null>(null);
  return useMutation({
    mutationFn: ({ dryRun, reading }: { dryRun: boolean; reading: Reading }) => {
      if (file === null) throw new Error("No file was chosen.");
      const files = images ? [file, images] : [file];
      const content = JSON.stringify([reading, dryRun]) + filesTold(files);
      // Sent again after a lost answer it is the same import; a check may be made anew.
      once.current = onceFor(dryRun ? null : once.current, content);
      return startImport({ file, images }, reading, dryRun, once.current.key);
    },
  });
}

/** Whether the server found no column that tells products apart. */
function isWithoutId(error: Error | null): boolean {
  return error instanceof Problem && "external_id" in error.fields;
}

function Steps({ at }: { at: number }) {
  const { t } = useTranslation();
  const steps = [t("catalog.stepChoose"), t("catalog.stepCheck"), t("catalog.stepImport")];
  return (
    <ol className={styles.steps}>
      {steps.map((name, place) => (
        <li key={name} aria-current={place === at ? "step" : undefined} data-done={place < at}>
          <span aria-hidden>{place + 1}</span>
          {name}
        </li>
      ))}
    </ol>
  );
}

interface CheckedProps {
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

function Checked({ jobId, ready, fresh, busy, ...props }: CheckedProps) {
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
      <Mapping told={told} reading={props.reading} onReading={props.onReading} editable={ready} />
      <RowErrors jobId={jobId} refused={told.counts.refused} />
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

function Running({ jobId, onAnother }: { jobId: string; onAnother: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefresh();
  const ended = useCallback(() => void refresh(), [refresh]);
  const job = useJob(jobId);
  const cancel = useMutation({ mutationFn: () => cancelJob(jobId) });
  const { data: told } = useQuery({
    ...importQuery(jobId),
    enabled: job?.status === "succeeded",
  });
  return (
    <section className={styles.checked} aria-labelledby="importing">
      <h2 id="importing" className="hidden-text">
        {t("catalog.stepImport")}
      </h2>
      <JobLine
        jobId={jobId}
        label={
          job && job.total > 0
            ? t("catalog.importingOf", { done: job.done, total: job.total })
            : t("catalog.importing")
        }
        done={t("catalog.imported")}
        onEnd={ended}
      />
      {!hasEnded(job) && (
        <div className={styles.end}>
          <Button
            busy={cancel.isPending}
            disabled={cancel.isSuccess}
            onClick={() => cancel.mutate()}
          >
            {t("common.cancel")}
          </Button>
        </div>
      )}
      <FailureLine error={cancel.error} />
      {told && <Summary told={told} />}
      {told && <RowErrors jobId={jobId} refused={told.counts.refused} />}
      {hasEnded(job) && (
        <div className={styles.end}>
          <Button onClick={onAnother}>{t("catalog.importAnother")}</Button>
        </div>
      )}
    </section>
  );
}

function productsOf({ counts }: ImportResult): number {
  return counts.created + counts.updated + counts.restored + counts.unchanged;
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { FieldChange, ProductEvent } from "@/api/types";
import { Button } from "@/components/Button";
import { FailureLine } from "@/components/Notice";
import { Skeleton } from "@/components/Skeleton";
import { dateTime, relative } from "@/texts/format";

import styles from "./History.module.css";
import { usePartName } from "../shared/words";
import { historyQuery } from "./queries";
import { actionName, changedText, jobKindName, jobStatusName } from "./words";

type Event = ProductEvent;

/** Who changed what of a product and when, and the jobs that looked at it; newest first. */
export function History({ productId }: { productId: string }) {
  const { t } = useTranslation();
  const history = useInfiniteQuery(historyQuery(productId));
  const events = history.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <section className={styles.history} aria-labelledby="history">
      <h2 id="history">{t("catalog.history")}</h2>
      {history.isPending && <Skeleton height="160px" />}
      <FailureLine error={history.error} />
      <ol className={styles.list}>
        {events.map((event) => (
          <li key={event.id}>
            <Line event={event} />
          </li>
        ))}
      </ol>
      {history.hasNextPage && (
        <div>
          <Button
            size="small"
            busy={history.isFetchingNextPage}
            onClick={() => void history.fetchNextPage()}
          >
            {t("common.more")}
          </Button>
        </div>
      )}
    </section>
  );
}

// Ids say nothing to people.
function isTold(change: FieldChange): boolean {
  return change.field !== "primary_crop_id" && change.field !== "image_ids";
}

function Line({ event }: { event: Event }) {
  const { t } = useTranslation();
  const partName = usePartName();
  const { job } = event;
  return (
    <>
      <p>
        <strong>
          {job ? (
            <Link to="/jobs/$jobId" params={{ jobId: job.id }}>
              {jobKindName(t, job.kind)}
            </Link>
          ) : (
            actionName(t, event.action)
          )}
        </strong>{" "}
        {job && <span className={styles.soft}>{jobStatusName(t, job.status)} </span>}
        <span className={styles.soft}>
          {event.by ? event.by.name || event.by.email : t("catalog.byItself")}
          {" · "}
          <time dateTime={event.at} title={dateTime(event.at)}>
            {relative(event.at)}
          </time>
        </span>
      </p>
      {event.changes.length > 0 && (
        <ul className={styles.changes}>
          {event.changes.filter(isTold).map(({ field, before, after }) => (
            <li key={field}>
              <span className={styles.soft}>{partName(field)}</span>{" "}
              <del>{changedText(t, field, before)}</del> → <ins>{changedText(t, field, after)}</ins>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

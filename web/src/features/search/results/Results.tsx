import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { SearchX } from "lucide-react";
import { lazy, Suspense, useCallback } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { FailureLine, Notice } from "@/components/Notice";

import { Grid, GridSkeleton } from "./Grid";
import { Failed, NoHits } from "./Nothing";
import { PAGE, type Change, type SearchParams } from "../shared/params";
import type { Hit } from "../shared/queries";
import type { AskedView } from "../shared/view";
import type { HitActions } from "./actions";
import type { Found } from "./found";
import styles from "./Results.module.css";

const Look = lazy(() => import("./Look"));

interface Props {
  params: SearchParams;
  hits: UseInfiniteQueryResult;
  found: Found;
  /** Whether others are on their way. */
  isOld: boolean;
  actions: HitActions;
  photo: AskedView | null;
  onChange: (change: Change) => void;
}

/** The hits, or why there are none. Earlier ones stay, dimmed, until newer ones are there. */
export function Results({ params, hits, found, isOld, actions, photo, onChange }: Props) {
  const { t } = useTranslation();
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData } = hits;
  const next = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isPlaceholderData) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage, isPlaceholderData]);
  // After a failure the next page is asked for by hand.
  const onEnd = useCallback(() => {
    if (!hits.isFetchNextPageError) next();
  }, [hits.isFetchNextPageError, next]);
  if (!found.first) {
    if (!hits.error) return <GridSkeleton />;
    const retry = () => void hits.refetch();
    return <Failed error={hits.error} retry={retry} params={params} onChange={onChange} />;
  }
  if (found.first.groups.length > 0) {
    return (
      <div className={styles.results} data-old={isOld}>
        <Suspense fallback={<GridSkeleton />}>
          <Look
            groups={found.first.groups}
            photo={photo}
            actions={actions}
            onItem={(item) => onChange({ item, look: undefined })}
          />
        </Suspense>
      </div>
    );
  }
  if (found.hits.length === 0) return <NoHits params={params} onChange={onChange} />;
  const { matching, lessAlike } = found;
  // Beyond the line people go on by hand: there it never ends, and never gets better.
  const isBeyond = lessAlike.length > 0;
  const counted = found.first.capped ? null : found.first.total;
  return (
    <div className={styles.results} data-old={isOld}>
      {matching.length > 0 && (
        <Grid
          hits={matching}
          coming={hasNextPage && !isBeyond ? comingAfter(matching.length, counted) : 0}
          total={counted ?? undefined}
          label={t("search.results")}
          actions={actions}
          onEnd={isBeyond ? nothing : onEnd}
        />
      )}
      {isBeyond && (
        <>
          <Line alone={matching.length === 0} hits={lessAlike} actions={actions} />
          {hasNextPage && !hits.isFetchNextPageError && matching.length > 0 && (
            <More error={null} busy={isFetchingNextPage} onMore={next} />
          )}
        </>
      )}
      {hits.isFetchNextPageError && (
        <More error={hits.error} busy={isFetchingNextPage} onMore={next} />
      )}
    </div>
  );
}

/** What follows the line: products that are less alike. Where nothing matches, a few of them. */
function Line({ alone, hits, actions }: { alone: boolean; hits: Hit[]; actions: HitActions }) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="less-alike" className={styles.beyond} data-alone={alone}>
      {alone && (
        <Notice icon={<SearchX aria-hidden />} title={t("search.nothingFits")}>
          {t("search.nothingFitsText")}
        </Notice>
      )}
      <h2 id="less-alike" className={styles.line}>
        {t("search.lessAlike")}
      </h2>
      <Grid
        hits={alone ? hits.slice(0, FEW) : hits}
        coming={0}
        total={undefined}
        label={t("search.lessAlike")}
        actions={actions}
        onEnd={nothing}
      />
    </section>
  );
}

/** So many of the nearest are shown where nothing fits. */
const FEW = 8;

const nothing = () => undefined;

/** How many hits the next page will bring. */
function comingAfter(loaded: number, total: number | null): number {
  return total === null ? PAGE : Math.max(0, Math.min(PAGE, total - loaded));
}

interface MoreProps {
  error: Error | null;
  busy: boolean;
  onMore: () => void;
}

function More({ error, busy, onMore }: MoreProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.more}>
      <FailureLine error={error} />
      <Button busy={busy} onClick={onMore}>
        {busy ? t("common.loading") : t("common.more")}
      </Button>
    </div>
  );
}

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { Offline } from "@/api/problem";
import { Button } from "@/components/Button";

import styles from "./OfflineBar.module.css";

const KEY = "alive";
const SAY_BACK = 4_000;

/** Says so while the server is away, asks again until it is back, and then freshens the page. */
export function OfflineBar() {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  // Whether it is there at all: a part of it that is slow or away is told where it is missed.
  const alive = useQuery({
    queryKey: [KEY],
    queryFn: async ({ signal }) => held(await api.GET("/v1/health/live", { signal })),
    retry: false,
    refetchInterval: (query) => (query.state.error ? 3_000 : 30_000),
  });
  const away = alive.error instanceof Offline;
  const back = useReturn(away, () => void queryClient.invalidateQueries({ predicate: notOurs }));
  const { refetch } = alive;
  useEffect(() => onFailures(queryClient, () => void refetch()), [queryClient, refetch]);
  return (
    <div role="status" className={styles.place}>
      {away && (
        <div className={styles.bar}>
          <CloudOff size={18} aria-hidden />
          <p>{t("app.offline")}</p>
          <Button size="small" look="quiet" onClick={() => void refetch()}>
            {t("app.retryNow")}
          </Button>
        </div>
      )}
      {back && (
        <div className={styles.bar} data-back>
          <p>{t("app.back")}</p>
        </div>
      )}
    </div>
  );
}

/** True for a moment once `away` has ended. */
function useReturn(away: boolean, onReturn: () => void): boolean {
  const [back, setBack] = useState(false);
  const was = useRef(false);
  const told = useRef(onReturn);
  useEffect(() => {
    told.current = onReturn;
  });
  useEffect(() => {
    const returned = was.current && !away;
    was.current = away;
    if (!returned) return;
    setBack(true);
    told.current();
    const timer = window.setTimeout(() => setBack(false), SAY_BACK);
    return () => window.clearTimeout(timer);
  }, [away]);
  return back && !away;
}

/** Call `listener` when anything else finds the server away, so that the bar need not wait. */
function onFailures(queryClient: QueryClient, listener: () => void): () => void {
  const endQueries = queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || !notOurs(event.query)) return;
    const { action } = event;
    const failed = action.type === "failed" || action.type === "error";
    if (failed && action.error instanceof Offline) listener();
  });
  const endMutations = queryClient.getMutationCache().subscribe((event) => {
    if (event.type === "updated" && event.mutation.state.error instanceof Offline) listener();
  });
  return () => {
    endQueries();
    endMutations();
  };
}

function notOurs(query: { queryKey: readonly unknown[] }): boolean {
  return query.queryKey[0] !== KEY;
}

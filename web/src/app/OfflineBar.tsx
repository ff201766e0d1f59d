import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { Offline } from "@/api/problem";

import styles from "./OfflineBar.module.css";

/** Says so while the server is away, and asks again until it is back. */
export function OfflineBar() {
  const { t } = useTranslation();
  const health = useQuery({
    queryKey: ["health"],
    queryFn: async ({ signal }) => held(await api.GET("/v1/health", { signal })),
    retry: false,
    refetchInterval: (query) => (query.state.error ? 3_000 : 30_000),
  });
  return (
    <div role="status">
      {health.error instanceof Offline && <p className={styles.bar}>{t("app.offline")}</p>}
    </div>
  );
}

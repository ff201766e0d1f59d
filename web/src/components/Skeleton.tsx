import { useTranslation } from "react-i18next";

import styles from "./Skeleton.module.css";

/** Holds the place of what is still loading. */
export function Skeleton({ height, width = "100%" }: { height: string; width?: string }) {
  const { t } = useTranslation();
  return (
    <div className={styles.block} style={{ height, width }} role="status">
      <span className="hidden-text">{t("common.loading")}</span>
    </div>
  );
}

import { useTranslation } from "react-i18next";

import styles from "./LiveMark.module.css";

/** Whether what is shown follows the server by itself. */
export function LiveMark({ live }: { live: boolean }) {
  const { t } = useTranslation();
  return (
    <p className={styles.mark} data-live={live}>
      <span className={styles.dot} aria-hidden />
      {live ? t("jobs.live") : t("jobs.polling")}
    </p>
  );
}

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import styles from "./Tabs.module.css";

/** The two ways products come in. */
export function AddTabs() {
  const { t } = useTranslation();
  return (
    <nav className={styles.tabs} aria-label={t("catalog.waysIn")}>
      <Link to="/add" className={styles.tab}>
        {t("catalog.oneProduct")}
      </Link>
      <Link to="/import" className={styles.tab} activeOptions={{ includeSearch: false }}>
        {t("catalog.importFile")}
      </Link>
    </nav>
  );
}

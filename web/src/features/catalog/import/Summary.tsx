import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { ImportResult } from "@/api/types";
import { buttonLook } from "@/components/Button";

import styles from "./Import.module.css";
import { Counts } from "./ImportParts";

/** What an import did, and where to go on from here. */
export function Summary({ told }: { told: ImportResult }) {
  const { t } = useTranslation();
  return (
    <>
      <Counts counts={told.counts} />
      <p className={styles.soft}>{t("catalog.photosFollow")}</p>
      <div className={styles.links}>
        <Link to="/catalogue" search={{}} className={buttonLook} data-look="primary">
          {t("catalog.toCatalogue")}
        </Link>
        <Link to="/jobs" search={{}} className={buttonLook} data-look="secondary">
          {t("catalog.toJobs")}
        </Link>
      </div>
    </>
  );
}

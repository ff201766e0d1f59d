import { useTranslation } from "react-i18next";

import type { ImportResult } from "@/api/types";
import { ButtonLink } from "@/components/ButtonLink";

import styles from "./Import.module.css";
import { Counts } from "./Counts";
import { WithoutPhotos } from "./WithoutPhotos";

/** What an import did, and where to go on from here. */
export function Summary({ told }: { told: ImportResult }) {
  const { t } = useTranslation();
  return (
    <>
      <Counts counts={told.counts} />
      <WithoutPhotos told={told} />
      <p className={styles.soft}>{t("catalog.photosFollow")}</p>
      <div className={styles.links}>
        <ButtonLink to="/catalogue" search={{}} look="primary">
          {t("catalog.toCatalogue")}
        </ButtonLink>
        {told.counts.without_photos > 0 && (
          <ButtonLink to="/catalogue" search={{ photos: false }}>
            {t("catalog.toWithoutPhotos")}
          </ButtonLink>
        )}
        <ButtonLink to="/jobs" search={{}}>
          {t("catalog.toJobs")}
        </ButtonLink>
      </div>
    </>
  );
}

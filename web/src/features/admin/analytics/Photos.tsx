import { useTranslation } from "react-i18next";

import type { Analytics } from "@/api/types";
import { Panel } from "@/components/Panel";
import { dateTime, relative } from "@/texts/format";

import styles from "./Analytics.module.css";

/** Photos with which visitors found nothing that fits, the newest first. */
export function Photos({ photos }: Pick<Analytics, "photos">) {
  const { t } = useTranslation();
  return (
    <Panel title={t("admin.analytics.photos")} lead={t("admin.analytics.photosLead")}>
      {photos.length === 0 && <p className={styles.soft}>{t("admin.analytics.photosNone")}</p>}
      {photos.length > 0 && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        <ul className={styles.photos} tabIndex={0} aria-label={t("admin.analytics.photos")}>
          {photos.map(({ id, created_at, words, width, height }) => (
            <li key={id}>
              <img
                src={`/v1/analytics/photos/${id}`}
                alt={t("admin.analytics.photo", { at: dateTime(created_at) })}
                width={width}
                height={height}
                loading="lazy"
              />
              <span className={styles.soft}>
                {[words, relative(created_at)].filter(Boolean).join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

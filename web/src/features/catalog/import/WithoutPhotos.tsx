import { useTranslation } from "react-i18next";

import type { ImportResult } from "@/api/types";
import { count } from "@/texts/format";

import styles from "./Import.module.css";

/** How many products show no photo, and the first of them; nothing where all show one. */
export function WithoutPhotos({ told }: { told: ImportResult }) {
  const { t } = useTranslation();
  const all = told.counts.without_photos;
  if (all === 0) return null;
  const more = all > told.without_photos.length ? ", …" : "";
  return (
    <p className={styles.soft}>
      {t("catalog.withoutPhotosTold", { count: all, shown: count(all) })}{" "}
      {told.without_photos.join(", ")}
      {more}
    </p>
  );
}

import { useTranslation } from "react-i18next";

import { Thumb } from "@/components/Thumb";

import styles from "./Strip.module.css";
import type { Bench } from "./useBench";

interface Props {
  bench: Bench;
  /** The photos whose boxes were shown. */
  seen: readonly string[];
}

/** All photos of the product, small; the one that is shown is marked, and those that were not. */
export function Strip({ bench, seen }: Props) {
  const { t } = useTranslation();
  const { images, image } = bench;
  if (images.length < 2) return null;
  return (
    <ol className={styles.strip} aria-label={t("catalog.photos")}>
      {images.map((one, place) => (
        <li key={one.id}>
          <button
            type="button"
            className={styles.small}
            aria-label={t("catalog.showPhoto", { place: place + 1 })}
            aria-description={seen.includes(one.id) ? undefined : t("review.desk.unseen")}
            title={seen.includes(one.id) ? undefined : t("review.desk.unseen")}
            data-seen={seen.includes(one.id)}
            aria-current={one.id === image?.id}
            onClick={() => bench.showPhoto(one.id)}
          >
            <Thumb image={one} alt="" sizes="64px" eager />
          </button>
        </li>
      ))}
    </ol>
  );
}

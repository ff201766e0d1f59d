import { useTranslation } from "react-i18next";

import styles from "./Samples.module.css";

/** Photos of ours to try the search with; the same ones that visitors of shops are offered. */
const SAMPLES = [1, 2, 3].map((number) => `/vitrine/samples/${number}.webp`);

/** For who has no photo at hand: one of ours is searched with at a click. */
export default function Samples({ onPhoto }: { onPhoto: (photo: File) => void }) {
  const { t } = useTranslation();
  const take = async (address: string) => {
    const answer = await fetch(address);
    const bytes = await answer.blob();
    onPhoto(new File([bytes], "sample.webp", { type: "image/webp" }));
  };
  return (
    <div className={styles.samples} role="group" aria-label={t("search.samples")}>
      <span aria-hidden>{t("search.samples")}</span>
      {SAMPLES.map((address, place) => (
        <button
          key={address}
          type="button"
          className={styles.sample}
          aria-label={t("search.sample", { number: place + 1 })}
          onClick={() => void take(address)}
        >
          <img src={address} alt="" width="56" height="56" />
        </button>
      ))}
    </div>
  );
}

import { useTranslation } from "react-i18next";

import { Dialog } from "@/components/Dialog";

import styles from "./ShortcutsDialog.module.css";

const KEYS = {
  search: ["/"],
  arrows: ["←", "↑", "→", "↓"],
  ends: ["Home", "End"],
  open: ["Enter"],
  skip: ["Tab"],
  help: ["?"],
  close: ["Esc"],
} as const;

/** Every key that does something on more than one page. */
export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog open onClose={onClose} title={t("app.shortcuts.title")}>
      <dl className={styles.keys}>
        {(Object.keys(KEYS) as (keyof typeof KEYS)[]).map((act) => (
          <div key={act} className={styles.row}>
            <dt>{t(`app.shortcuts.${act}`)}</dt>
            <dd>
              {KEYS[act].map((key) => (
                <kbd key={key} className={styles.key}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className={styles.note}>{t("app.shortcuts.review")}</p>
    </Dialog>
  );
}

import { useTranslation } from "react-i18next";

import styles from "./Key.module.css";

const NAMES = {
  Space: "review.key.space",
  Backspace: "review.key.backspace",
  Delete: "review.key.delete",
  Enter: "review.key.enter",
} as const;

/** A key, as it is printed on keyboards; hidden where there is none. */
export function Key({ name, always = false }: { name: string; always?: boolean }) {
  const { t } = useTranslation();
  const text = name in NAMES ? t(NAMES[name as keyof typeof NAMES]) : name.toUpperCase();
  return (
    <kbd className={styles.key} data-always={always}>
      {text}
    </kbd>
  );
}

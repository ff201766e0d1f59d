import { X } from "lucide-react";
import { useTranslation } from "react-i18next";

import styles from "./Toolbar.module.css";

interface Props {
  text: string;
  title?: string;
  out?: boolean;
  onDrop: () => void;
}

/** Something that narrows or steers the search, to be taken away. */
export function Chip({ text, title, out = false, onDrop }: Props) {
  const { t } = useTranslation();
  return (
    <li>
      <button
        type="button"
        className={styles.chip}
        data-out={out}
        title={title}
        aria-label={t("search.drop", { filter: text })}
        onClick={onDrop}
      >
        {text}
        <X size={14} aria-hidden />
      </button>
    </li>
  );
}

import { useLocation, useRouter } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";

import styles from "./BackTo.module.css";

/** The way back to the list that one came from, where one was; nothing for who came otherwise. */
export function BackTo() {
  const { t } = useTranslation();
  const { history } = useRouter();
  const list = useLocation({ select: ({ state }) => state.list });
  if (list === undefined) return null;
  return (
    <Button
      className={styles.back}
      size="small"
      look="quiet"
      icon={<ArrowLeft size={16} aria-hidden />}
      onClick={() => history.back()}
    >
      {t(`catalog.backTo.${list}`)}
    </Button>
  );
}

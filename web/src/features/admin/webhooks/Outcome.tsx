import { useTranslation } from "react-i18next";

import type { DeliveryAttempt } from "@/api/types";

/** What came of one attempt, in a few words. */
export function Outcome({ attempt }: { attempt: DeliveryAttempt }) {
  const { t } = useTranslation();
  if (attempt.status !== null) {
    return <span>{t("admin.hooks.answered", { status: attempt.status })}</span>;
  }
  return <span>{attempt.error ?? t("admin.hooks.noAnswer")}</span>;
}

import { useTranslation } from "react-i18next";

import type { Schema } from "@/api/client";

/** What came of one attempt, in a few words. */
export function Outcome({ attempt }: { attempt: Schema<"Attempt"> }) {
  const { t } = useTranslation();
  if (attempt.status !== null) {
    return <span>{t("admin.hooks.answered", { status: attempt.status })}</span>;
  }
  return <span>{attempt.error ?? t("admin.hooks.noAnswer")}</span>;
}

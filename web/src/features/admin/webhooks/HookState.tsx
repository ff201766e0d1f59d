import { useTranslation } from "react-i18next";

import type { Webhook } from "@/api/types";
import { Badge } from "@/components/Badge";
import { relative } from "@/texts/format";

/** Whether a webhook is told of things, and whether that works. */
export function HookState({ hook }: { hook: Webhook }) {
  const { t } = useTranslation();
  if (!hook.enabled) return <Badge tone="warning">{t("admin.hooks.disabled")}</Badge>;
  if (hook.failing_since === null) {
    return <Badge tone="success">{t("admin.hooks.enabled")}</Badge>;
  }
  return (
    <Badge tone="danger">{t("admin.hooks.failing", { when: relative(hook.failing_since) })}</Badge>
  );
}

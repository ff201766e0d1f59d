import { useTranslation } from "react-i18next";

import { SecretDialog } from "@/components/SecretDialog";

/** A webhook's secret, this once. */
export default function HookSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <SecretDialog
      title={t("admin.hooks.secretTitle")}
      text={t("admin.hooks.secretText")}
      secret={secret}
      onClose={onClose}
    />
  );
}

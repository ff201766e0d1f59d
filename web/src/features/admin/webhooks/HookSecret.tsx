import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Secret } from "@/components/Secret";

/** A webhook's secret, this once. */
export default function HookSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("admin.hooks.secretTitle")}
      actions={
        <Button look="primary" onClick={onClose}>
          {t("account.done")}
        </Button>
      }
    >
      <p>{t("admin.hooks.secretText")}</p>
      <Secret label={t("admin.hooks.secretTitle")} value={secret} />
    </Dialog>
  );
}

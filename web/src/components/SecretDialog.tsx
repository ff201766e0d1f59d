import { useTranslation } from "react-i18next";

import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Secret } from "./Secret";

interface Props {
  title: string;
  text: string;
  secret: string;
  onClose: () => void;
}

/** Shows something secret, this once. */
export function SecretDialog({ title, text, secret, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      actions={
        <Button look="primary" onClick={onClose}>
          {t("common.done")}
        </Button>
      }
    >
      <p>{text}</p>
      <Secret label={title} value={secret} />
    </Dialog>
  );
}

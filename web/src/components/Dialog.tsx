import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "./Button";
import styles from "./Dialog.module.css";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** `side` slides in from the right edge and leaves the page in sight. */
  look?: "middle" | "side";
  actions?: ReactNode;
  children: ReactNode;
}

/** What of a dialog takes the focus, if it is not simply the first that can. */
const FIRST = "[data-takes-focus]";

/** A dialog; Escape and a click beside it close it, and the focus goes back to where it was. */
export function Dialog({ open, onClose, title, look = "middle", actions, children }: Props) {
  const { t } = useTranslation();
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.veil} />
        <Base.Popup
          ref={popup}
          className={styles.popup}
          data-look={look}
          initialFocus={() => popup.current?.querySelector<HTMLElement>(FIRST) ?? true}
        >
          <div className={styles.head}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close render={<IconButton label={t("common.close")} />}>
              <X size={18} aria-hidden />
            </Base.Close>
          </div>
          <div className={styles.body}>{children}</div>
          {actions && <div className={styles.actions}>{actions}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  children: ReactNode;
}

/** Asks before something that is not easily undone. */
export function Confirm({ open, onClose, onConfirm, title, confirm, ...rest }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            look={rest.danger ? "danger" : "primary"}
            busy={rest.busy ?? false}
            onClick={onConfirm}
          >
            {confirm}
          </Button>
        </>
      }
    >
      {rest.children}
    </Dialog>
  );
}

import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import styles from "./Toasts.module.css";

/** Short messages at the edge of the page, read out politely. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider timeout={6_000} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

interface Action {
  label: string;
  onClick: () => void;
}

/** Say something: `say("Deleted.", { label: "Undo", onClick })`. */
export function useToast(): (text: string, action?: Action) => void {
  const manager = Toast.useToastManager();
  return (text, action) => {
    const id = manager.add({
      description: text,
      ...(action && {
        actionProps: {
          children: action.label,
          onClick: () => {
            action.onClick();
            manager.close(id);
          },
        },
      }),
    });
  };
}

function List() {
  const { t } = useTranslation();
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles.toast}>
      <Toast.Content className={styles.content}>
        <Toast.Description />
        <Toast.Action className={styles.action} />
        <Toast.Close className={styles.close} aria-label={t("common.dismiss")}>
          <X size={16} aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { showBy } from "./toast";
import styles from "./ToastPlace.module.css";

/** Where messages show: at the edge of the page, read out politely. */
export default function ToastPlace() {
  return (
    <Toast.Provider timeout={6_000} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { t } = useTranslation();
  const { toasts, add, close } = Toast.useToastManager();
  useEffect(
    () =>
      showBy(({ text, action }) => {
        const id = add({
          title: text,
          ...(action && {
            actionProps: {
              children: action.label,
              onClick: () => {
                action.onClick();
                close(id);
              },
            },
          }),
        });
      }),
    [add, close],
  );
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles.toast}>
      <Toast.Content className={styles.content}>
        <Toast.Title render={<p />} />
        <Toast.Action className={styles.action} />
        <Toast.Close className={styles.close} aria-label={t("common.dismiss")}>
          <X size={16} aria-hidden />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

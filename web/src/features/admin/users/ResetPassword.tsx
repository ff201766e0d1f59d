import { useMutation } from "@tanstack/react-query";
import { useId, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import type { User } from "@/api/types";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { fieldText } from "@/components/fieldText";
import { FailureLine } from "@/components/Notice";
import { useToast } from "@/components/Toasts";

import { PasswordField } from "./PasswordField";
import styles from "./Users.module.css";

/** Gives somebody a new password, which ends all their sign-ins. */
export default function ResetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const formId = useId();
  const { email } = user;
  const reset = useMutation({
    mutationFn: async (password: string) => {
      const path = { user_id: user.id };
      await api.PATCH("/v1/users/{user_id}", { params: { path }, body: { password } });
    },
    onSuccess: () => {
      say(t("admin.users.resetDone", { email }));
      onClose();
    },
  });
  const wrong = reset.error instanceof Problem ? reset.error.fields.password : undefined;
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    reset.mutate(fieldText(event.currentTarget, "password"));
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("admin.users.reset")}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form={formId} look="primary" busy={reset.isPending}>
            {t("admin.users.reset")}
          </Button>
        </>
      }
    >
      <form id={formId} className={styles.fields} onSubmit={submit}>
        <p>{t("admin.users.resetText", { email })}</p>
        <PasswordField label={t("admin.users.newPassword")} error={wrong} />
        <FailureLine error={wrong ? null : reset.error} />
      </form>
    </Dialog>
  );
}

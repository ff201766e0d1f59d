import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { User } from "@/api/types";
import { Ends } from "@/components/Ends";
import { endsOf } from "@/components/endsOf";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused } from "@/components/refused";
import { useToast } from "@/components/toast";

import { PasswordField } from "./PasswordField";

/** Gives somebody a new password, which ends their sign-ins, and keys if asked. */
export default function ResetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const { email } = user;
  const [ends, setEnds] = useState(["end_sign_ins"]);
  const reset = useMutation({
    mutationFn: async (password: string) => {
      const path = { user_id: user.id };
      await api.PATCH("/v1/users/{user_id}", {
        params: { path },
        body: { password, ...endsOf(ends) },
      });
    },
    onSuccess: () => {
      say(t("admin.users.resetDone", { email }));
      onClose();
    },
  });
  const refused = useRefused(reset.error, {}, ["password"]);
  return (
    <FormDialog
      title={t("admin.users.reset")}
      submit={t("admin.users.reset")}
      busy={reset.isPending}
      error={refused.rest}
      onClose={onClose}
      onSubmit={(form) => reset.mutate(fieldText(form, "password"))}
    >
      <p>{t("admin.users.resetText", { email })}</p>
      <PasswordField label={t("admin.users.newPassword")} error={refused.of("password")} />
      <Ends chosen={ends} onChange={setEnds} />
    </FormDialog>
  );
}

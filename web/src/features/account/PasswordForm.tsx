import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import type { PasswordChange } from "@/api/types";
import { Button } from "@/components/Button";
import { Ends } from "@/components/Ends";
import { endsOf } from "@/components/endsOf";
import { Field } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FailureLine } from "@/components/Notice";
import { Panel } from "@/components/Panel";
import { useRefused } from "@/components/refused";
import { useToast } from "@/components/toast";

import styles from "./Account.module.css";
import { keysQuery } from "./queries";

const SHORTEST = 12;

/** A new password, with the present one as proof. */
export function PasswordForm({ email }: { email: string }) {
  const { t } = useTranslation();
  const form = useRef<HTMLFormElement>(null);
  const [differs, setDiffers] = useState(false);
  const [ends, setEnds] = useState(["end_sign_ins"]);
  const change = useChange(() => form.current?.reset());
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => fieldText(event.currentTarget, name);
    const next = text("new");
    const differ = next !== text("again");
    setDiffers(differ);
    if (differ) return;
    change.mutate({ current_password: text("current"), new_password: next, ...endsOf(ends) });
  };
  const problem = change.error instanceof Problem ? change.error : null;
  const wrong = problem?.code === "wrong_password";
  const refused = useRefused(change.error, {}, ["new_password"]);
  return (
    <Panel title={t("account.passwordTitle")} lead={t("account.passwordLead")}>
      <form ref={form} className={styles.form} onSubmit={submit}>
        {/* So that password managers know whose password it is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <Field
          label={t("account.current")}
          name="current"
          type="password"
          autoComplete="current-password"
          required
          error={wrong ? t("account.wrongPassword") : undefined}
        />
        <Field
          label={t("account.new")}
          name="new"
          type="password"
          autoComplete="new-password"
          minLength={SHORTEST}
          required
          hint={t("account.newHint")}
          error={refused.of("new_password")}
        />
        <Field
          label={t("account.again")}
          name="again"
          type="password"
          autoComplete="new-password"
          required
          error={differs ? t("account.differs") : undefined}
        />
        <Ends chosen={ends} onChange={setEnds} />
        <FailureLine error={wrong ? null : refused.rest} />
        <Button type="submit" look="primary" busy={change.isPending}>
          {t("account.change")}
        </Button>
      </form>
    </Panel>
  );
}

function useChange(onChanged: () => void) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (body: PasswordChange) => {
      await api.PUT("/v1/auth/password", { body });
    },
    onSuccess: async () => {
      onChanged();
      say(t("account.changed"));
      await queryClient.invalidateQueries(keysQuery);
    },
  });
}

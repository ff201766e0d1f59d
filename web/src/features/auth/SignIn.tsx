import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { Clock } from "lucide-react";
import type { SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import { meQuery } from "@/api/queries";
import { csrfToken } from "@/api/session";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FailureLine } from "@/components/Notice";
import { useTitle } from "@/components/Page";

import { Provider } from "./Provider";
import styles from "./SignIn.module.css";

/** Who are you? Afterwards one is where one wanted to go. */
export default function SignIn() {
  const { t } = useTranslation();
  const { next, expired, problem } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const queryClient = useQueryClient();
  useTitle(t("auth.title"));
  const signIn = useMutation({
    mutationFn: async (given: { email: string; password: string }) => {
      await api.POST("/v1/auth/sign-in", { body: { ...given, cookie: true } });
      if (csrfToken(document.cookie) === "") throw new NotKept();
    },
    onSuccess: async () => {
      queryClient.clear();
      await queryClient.query(meQuery);
      router.history.push(next ?? "/");
    },
  });
  const told = useTold(signIn.error ?? (problem ? new Problem(401, problem, problem) : null));
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => fieldText(event.currentTarget, name);
    signIn.mutate({ email: text("email").trim(), password: text("password") });
  };
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" width="40" height="40" />
          <span>Vitrine</span>
        </div>
        <div>
          <h1>{t("auth.title")}</h1>
          <p className={styles.lead}>{t("auth.lead")}</p>
        </div>
        {expired && (
          <p role="status" className={styles.expired}>
            <Clock size={18} aria-hidden />
            {t("auth.expired")}
          </p>
        )}
        <Field label={t("auth.email")} name="email" type="email" autoComplete="username" required />
        <Field
          label={t("auth.password")}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <FailureLine error={told} />
        <Button type="submit" look="primary" busy={signIn.isPending}>
          {t("auth.submit")}
        </Button>
        <Provider next={next ?? "/"} />
      </form>
    </main>
  );
}

/** The server let the person in, and the browser forgot it at once. */
class NotKept extends Problem {
  constructor() {
    super(0, "cookies_not_kept", "The browser keeps no cookies of this page.");
  }
}

/** Why somebody was not signed in, in words of ours where there are any. */
function useTold(error: Error | null): Error | null {
  const { t } = useTranslation();
  if (!(error instanceof Problem)) return error;
  const insecure = location.protocol !== "https:";
  const texts: Readonly<Record<string, string>> = {
    wrong_credentials: t("auth.wrong"),
    too_many_attempts: t("auth.tooOften"),
    cookies_need_https: t("auth.needsHttps"),
    oidc_refused: t("auth.providerRefused"),
    oidc_not_begun: t("auth.providerNotBegun"),
    oidc_unavailable: t("auth.providerAway"),
    oidc_no_role: t("auth.providerNoRole"),
    oidc_unknown: t("auth.providerUnknown"),
    oidc_account_gone: t("auth.providerUnknown"),
    oidc_email_taken: t("auth.providerTaken"),
    oidc_email_unverified: t("auth.providerUnverified"),
    cookies_not_kept: t(insecure ? "auth.needsHttps" : "auth.notKept"),
  };
  const text = texts[error.code] ?? (error.message === error.code ? t("auth.providerRefused") : "");
  return text === "" ? error : new Error(text);
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { Clock } from "lucide-react";
import type { SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import { meQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FailureLine } from "@/components/Notice";
import { useTitle } from "@/components/Page";

import styles from "./SignIn.module.css";

/** Who are you? Afterwards one is where one wanted to go. */
export default function SignIn() {
  const { t } = useTranslation();
  const { next, expired } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const queryClient = useQueryClient();
  useTitle(t("auth.title"));
  const signIn = useMutation({
    mutationFn: async (given: { email: string; password: string }) => {
      await api.POST("/v1/auth/sign-in", { body: { ...given, cookie: true } });
    },
    onSuccess: async () => {
      queryClient.clear();
      await queryClient.query(meQuery);
      router.history.push(next ?? "/");
    },
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => fieldText(event.currentTarget, name);
    signIn.mutate({ email: text("email").trim(), password: text("password") });
  };
  const refused = {
    401: t("auth.wrong"),
    429: t("auth.tooOften"),
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
        <FailureLine error={told(signIn.error, refused)} />
        <Button type="submit" look="primary" busy={signIn.isPending}>
          {t("auth.submit")}
        </Button>
      </form>
    </main>
  );
}

function told(error: Error | null, refused: Readonly<Record<number, string>>): Error | null {
  const text = error instanceof Problem ? refused[error.status] : undefined;
  return text === undefined ? error : new Error(text);
}

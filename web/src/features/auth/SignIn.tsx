import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import type { SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import { meQuery } from "@/api/queries";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
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
    const given = new FormData(event.currentTarget);
    signIn.mutate({ email: text(given.get("email")), password: text(given.get("password")) });
  };
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <img src="/icon.svg" alt="" width="44" height="44" />
        <div>
          <h1>{t("auth.title")}</h1>
          <p className={styles.lead}>{expired ? t("auth.expired") : t("auth.lead")}</p>
        </div>
        <Field label={t("auth.email")} name="email" type="email" autoComplete="username" required />
        <Field
          label={t("auth.password")}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <FailureLine error={told(signIn.error, t("auth.wrong"))} />
        <Button type="submit" look="primary" busy={signIn.isPending}>
          {t("auth.submit")}
        </Button>
      </form>
    </main>
  );
}

function told(error: Error | null, wrong: string): Error | null {
  return error instanceof Problem && error.status === 401 ? new Error(wrong) : error;
}

function text(value: FormDataEntryValue | null): string {
  return typeof value === "string" ? value : "";
}

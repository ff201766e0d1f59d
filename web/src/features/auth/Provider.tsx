import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { buttonClass } from "@/components/Button";

import styles from "./SignIn.module.css";

const methodsQuery = queryOptions({
  queryKey: ["sign-in-methods"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/auth/methods", { signal })),
  staleTime: 5 * 60_000,
});

/** The way in by the sign-in provider, where the server knows one. */
export function Provider({ next }: { next: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(methodsQuery);
  if (!data?.oidc) return null;
  const href = `/v1/auth/oidc/start?${new URLSearchParams({ next }).toString()}`;
  return (
    <>
      <p className={styles.or}>{t("auth.or")}</p>
      <a href={href} className={buttonClass()} data-look="secondary" data-size="normal">
        {t("auth.provider", { name: data.oidc })}
      </a>
    </>
  );
}

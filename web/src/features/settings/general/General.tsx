import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { preferencesQuery } from "@/api/preferences";
import { Button } from "@/components/Button";
import { Field } from "@/components/Field";
import { FailureLine } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { useRefused } from "@/components/refused";
import { useToast } from "@/components/toast";

import styles from "./General.module.css";

/** What holds for all that the shop sells. */
export default function General() {
  const { t } = useTranslation();
  const found = useQuery(preferencesQuery);
  return (
    <Page title={t("settings.section.general.name")} width="narrow">
      <QueryState query={found} height="180px" />
      {found.data && <Currency key={found.data.currency} kept={found.data.currency} />}
    </Page>
  );
}

function Currency({ kept }: { kept: string }) {
  const { t } = useTranslation();
  const [currency, setCurrency] = useState(kept);
  const save = useSave();
  const refused = useRefused(save.error, { currency: save.variables }, ["currency"]);
  return (
    <Panel title={t("settings.general.currency")} lead={t("settings.general.lead")}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(currency.trim());
        }}
      >
        <Field
          label={t("settings.general.currency")}
          hint={t("settings.general.hint")}
          value={currency}
          maxLength={20}
          autoComplete="off"
          error={refused.of("currency")}
          onChange={({ target }) => setCurrency(target.value.toUpperCase())}
        />
        <FailureLine error={refused.rest} />
        <Button type="submit" look="primary" busy={save.isPending} disabled={currency === kept}>
          {t("common.save")}
        </Button>
      </form>
    </Panel>
  );
}

function useSave() {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (currency: string) =>
      held(await api.PUT("/v1/preferences", { body: { currency } })),
    onSuccess: (preferences) => {
      queryClient.setQueryData(preferencesQuery.queryKey, preferences);
      say(t("settings.general.saved"));
    },
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import { CheckSet } from "@/components/CheckSet";
import { Field, Select } from "@/components/Field";
import { fieldText } from "@/components/fieldText";
import { FormDialog } from "@/components/FormDialog";
import { useRefused } from "@/components/refused";
import { SecretDialog } from "@/components/SecretDialog";

import { keysQuery } from "./queries";
import { endOf, isLasting, SCOPE_NAMES, SCOPES, scopesOf } from "./scopes";

interface Asked {
  name: string;
  scopes: string[];
  lasting: string;
}

/** Makes a key and shows it, this once. */
export default function NewKey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: async ({ name, scopes, lasting }: Asked) => {
      const expires_at = isLasting(lasting) ? endOf(lasting, Date.now()) : null;
      const body = { name, scopes: scopesOf(scopes), expires_at };
      return held(await api.POST("/v1/api-keys", { body }));
    },
    onSuccess: () => queryClient.invalidateQueries(keysQuery),
  });
  if (make.data) {
    return (
      <SecretDialog
        title={t("account.madeTitle")}
        text={t("account.madeText")}
        secret={make.data.key}
        onClose={onClose}
      />
    );
  }
  return (
    <Asking
      onClose={onClose}
      onAsk={(asked) => make.mutate(asked)}
      busy={make.isPending}
      error={make.error}
      sent={make.variables}
    />
  );
}

interface AskingProps {
  onClose: () => void;
  onAsk: (asked: Asked) => void;
  busy: boolean;
  error: Error | null;
  /** What was asked for last. */
  sent: Asked | undefined;
}

function Asking({ onClose, onAsk, busy, error, sent }: AskingProps) {
  const { t } = useTranslation();
  const [scopes, setScopes] = useState<string[]>(["catalog:read", "search"]);
  const [tried, setTried] = useState(false);
  const refused = useRefused(error, sent, ["name", "scopes", "expires_at"]);
  const submit = (form: HTMLFormElement) => {
    setTried(true);
    if (scopes.length === 0) return;
    const text = (name: string) => fieldText(form, name);
    onAsk({ name: text("name"), scopes, lasting: text("lasting") });
  };
  return (
    <FormDialog
      title={t("account.addKey")}
      submit={t("account.make")}
      busy={busy}
      error={refused.rest}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field
        label={t("account.keyName")}
        name="name"
        maxLength={200}
        required
        hint={t("account.keyNameHint")}
        error={refused.of("name")}
      />
      <CheckSet
        label={t("account.scopes")}
        choices={Object.fromEntries(
          SCOPE_NAMES.map((scope) => [scope, t(`account.scope.${SCOPES[scope]}`)]),
        )}
        chosen={scopes}
        onChange={setScopes}
        error={tried && scopes.length === 0 ? t("account.scopesNeeded") : refused.of("scopes")}
      />
      <Select
        label={t("account.expiry")}
        name="lasting"
        defaultValue="d90"
        choices={{
          d30: t("account.expiryChoice.d30"),
          d90: t("account.expiryChoice.d90"),
          d365: t("account.expiryChoice.d365"),
          never: t("account.expiryChoice.never"),
        }}
        error={refused.of("expires_at")}
      />
    </FormDialog>
  );
}

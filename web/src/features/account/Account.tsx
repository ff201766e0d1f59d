import { useTranslation } from "react-i18next";

import { Facts } from "@/components/Facts";
import { useMe } from "@/components/me";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";

import { PasswordForm } from "./PasswordForm";

/** Who one is, and one's password. */
export default function Account() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Page title={t("account.title")} width="narrow">
      <Panel title={t("account.profile")}>
        <Facts
          facts={[
            [t("account.email"), me.email],
            [t("account.name"), me.name || null],
            [t("account.role"), t(`account.roles.${me.role}`)],
          ]}
        />
        <p>{t(`account.roleText.${me.role}`)}</p>
      </Panel>
      <PasswordForm email={me.email} />
    </Page>
  );
}

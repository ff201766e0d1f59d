import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Page } from "@/components/Page";
import { Tab, Tabs } from "@/components/Tabs";

import { Collections } from "./Collections";
import { TABS } from "./params";
import { Training } from "./Training";
import { Versions } from "./Versions";

const route = getRouteApi("/shell/settings/models");

/** The models there are, the runs that make better ones, and the collections that are searched. */
export default function Models() {
  const { t } = useTranslation();
  const { tab } = route.useSearch();
  return (
    <Page title={t("admin.models.title")} width="medium">
      <Tabs label={t("admin.models.title")}>
        <Tab to="/settings/models" search={{}} activeOptions={{ exact: true }}>
          {t("admin.models.tab.versions")}
        </Tab>
        {TABS.map((each) => (
          <Tab key={each} to="/settings/models" search={{ tab: each }}>
            {t(`admin.models.tab.${each}`)}
          </Tab>
        ))}
      </Tabs>
      {tab === undefined && <Versions />}
      {tab === "training" && <Training />}
      {tab === "collections" && <Collections />}
    </Page>
  );
}

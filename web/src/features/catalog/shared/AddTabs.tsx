import { useTranslation } from "react-i18next";

import { Tab, Tabs } from "@/components/Tabs";

/** The two ways products come in. */
export function AddTabs() {
  const { t } = useTranslation();
  return (
    <Tabs label={t("catalog.waysIn")}>
      <Tab to="/add">{t("catalog.oneProduct")}</Tab>
      <Tab to="/import" activeOptions={{ includeSearch: false }}>
        {t("catalog.importFile")}
      </Tab>
    </Tabs>
  );
}

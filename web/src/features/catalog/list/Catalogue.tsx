import { getRouteApi } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import { may } from "@/api/queries";
import { ButtonLink } from "@/components/ButtonLink";
import { useMe } from "@/components/me";
import { Forbidden } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Tab, Tabs } from "@/components/Tabs";

import { Filters } from "./Filters";
import { List } from "./List";
import type { CatalogueParams } from "./params";
import { ViewsBar } from "./ViewsBar";

const route = getRouteApi("/shell/catalogue");

/** All products, as pictures or as a table; what was deleted lies in the trash for a while. */
export default function Catalogue() {
  const { t } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const editor = may(useMe(), "editor");
  const change = (next: CatalogueParams, replace = false) =>
    void navigate({ search: next, replace, resetScroll: false });
  if (params.trash && !editor) return <Forbidden />;
  return (
    <Page
      title={t("catalog.title")}
      actions={
        editor && (
          <>
            <ButtonLink to="/import">{t("catalog.importFile")}</ButtonLink>
            <ButtonLink to="/add" look="primary">
              {t("app.add")}
            </ButtonLink>
          </>
        )
      }
    >
      {editor && <LivingOrTrash params={params} />}
      {!params.trash && <ViewsBar params={params} onChange={change} />}
      <Filters params={params} onChange={change} />
      <List key={listKey(params)} params={params} editor={editor} onChange={change} />
    </Page>
  );
}

function LivingOrTrash({ params }: { params: CatalogueParams }) {
  const { t } = useTranslation();
  const { trash: _, ...living } = params;
  const exactly = { exact: true, includeSearch: true };
  return (
    <Tabs label={t("catalog.title")}>
      <Tab to="/catalogue" search={living} activeOptions={exactly}>
        {t("catalog.all")}
      </Tab>
      <Tab to="/catalogue" search={{ ...living, trash: true }} activeOptions={exactly}>
        <Trash2 size={16} aria-hidden />
        {t("catalog.trash")}
      </Tab>
    </Tabs>
  );
}

// Another list begins without a choice.
function listKey({ view: _view, columns: _columns, ...wanted }: CatalogueParams): string {
  return JSON.stringify(wanted);
}

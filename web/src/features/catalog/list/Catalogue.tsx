import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ImageOff, PackageOpen, SearchX, Trash2 } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { may } from "@/api/queries";
import type { Product } from "@/api/types";
import { Button, buttonLook } from "@/components/Button";
import { useMe } from "@/components/me";
import { Failure, FailureLine, Forbidden, Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { count } from "@/texts/format";

import styles from "./Catalogue.module.css";
import { Filters } from "./Filters";
import { NONE, stillThere, toggled, type Chosen } from "./lists";
import { ProductGrid } from "./ProductGrid";
import { ProductTable } from "./ProductTable";
import { isNarrowed, type CatalogueParams } from "../shared/params";
import { productsQuery } from "../shared/queries";
import tabs from "../shared/Tabs.module.css";
import { Waiting } from "./Waiting";

// Only for those who choose something.
const BulkBar = lazy(() => import("./BulkBar"));

const route = getRouteApi("/shell/catalogue");

/** What the views of the catalogue need. */
export interface ViewProps {
  products: readonly Product[];
  trash: boolean;
  /** Whether products can be chosen here, and which are. */
  editable: boolean;
  chosen: Chosen;
  onToggle: (id: string, reach: boolean) => void;
  onAll: (on: boolean) => void;
  /** Called when the end of the list comes near. */
  onMore: () => void;
}

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
            <Link to="/import" className={buttonLook} data-look="secondary">
              {t("catalog.importFile")}
            </Link>
            <Link to="/add" className={buttonLook} data-look="primary">
              {t("app.add")}
            </Link>
          </>
        )
      }
    >
      {editor && <Tabs params={params} />}
      <Filters params={params} onChange={change} />
      <List key={listKey(params)} params={params} editor={editor} onChange={change} />
    </Page>
  );
}

function Tabs({ params }: { params: CatalogueParams }) {
  const { t } = useTranslation();
  const { trash: _, ...living } = params;
  return (
    <nav className={tabs.tabs} aria-label={t("catalog.title")}>
      <Link
        to="/catalogue"
        search={living}
        className={tabs.tab}
        activeOptions={{ exact: true, includeSearch: true }}
      >
        {t("catalog.all")}
      </Link>
      <Link
        to="/catalogue"
        search={{ ...living, trash: true }}
        className={tabs.tab}
        activeOptions={{ exact: true, includeSearch: true }}
      >
        <Trash2 size={16} aria-hidden />
        {t("catalog.trash")}
      </Link>
    </nav>
  );
}

interface ListProps {
  params: CatalogueParams;
  editor: boolean;
  onChange: (params: CatalogueParams) => void;
}

function List({ params, editor, onChange }: ListProps) {
  const { t } = useTranslation();
  const { view, ...wanted } = params;
  const list = useInfiniteQuery(productsQuery(wanted));
  const [picked, setPicked] = useState<Chosen>(NONE);
  const products = useMemo(
    () => list.data?.pages.flatMap((page) => page.products) ?? [],
    [list.data],
  );
  const ids = useMemo(() => products.map(({ id }) => id), [products]);
  const chosen = useMemo(() => stillThere(picked, ids), [picked, ids]);
  const onToggle = useCallback(
    (id: string, reach: boolean) =>
      setPicked((before) => toggled(stillThere(before, ids), ids, id, reach)),
    [ids],
  );
  if (list.data === undefined && list.error) {
    return <Failure error={list.error} retry={() => void list.refetch()} />;
  }
  if (list.data === undefined) return <Waiting table={view === "table"} />;
  if (products.length === 0) return <Empty params={params} editor={editor} onChange={onChange} />;
  const total = list.data.pages[0]?.total ?? products.length;
  const props: ViewProps = {
    products,
    trash: params.trash === true,
    editable: editor,
    chosen,
    onToggle,
    onAll: (on) => setPicked(on ? { ids: new Set(ids), anchor: null } : NONE),
    onMore: () => {
      if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
    },
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- shortcuts for the controls within
    <div
      className={styles.list}
      onKeyDown={(event) => {
        if (!editor || event.target instanceof HTMLSelectElement) return;
        if (event.key === "Escape") props.onAll(false);
        if (event.key === "a" && (event.ctrlKey || event.metaKey) && !isText(event.target)) {
          event.preventDefault();
          props.onAll(true);
        }
      }}
    >
      <div className={styles.line}>
        <p role="status">{t("catalog.count", { count: total, shown: count(total) })}</p>
        {editor && (
          <p className={styles.soft}>{chosen.ids.size > 0 ? null : t("catalog.selectHint")}</p>
        )}
      </div>
      {view === "table" ? <ProductTable {...props} /> : <ProductGrid {...props} />}
      {list.isFetchNextPageError && (
        <div className={styles.more}>
          <FailureLine error={list.error} />
          <Button onClick={() => void list.fetchNextPage()}>{t("common.retry")}</Button>
        </div>
      )}
      {chosen.ids.size > 0 && (
        <Suspense fallback={null}>
          <BulkBar
            ids={[...chosen.ids]}
            shown={ids.length}
            trash={props.trash}
            onAll={props.onAll}
          />
        </Suspense>
      )}
    </div>
  );
}

function Empty({ params, editor, onChange }: ListProps) {
  const { t } = useTranslation();
  if (isNarrowed(params)) {
    const { view, trash } = params;
    return (
      <Notice
        icon={<SearchX aria-hidden />}
        title={t("catalog.emptyFiltered")}
        actions={
          <Button onClick={() => onChange({ ...(view && { view }), ...(trash && { trash }) })}>
            {t("catalog.clearFilters")}
          </Button>
        }
      />
    );
  }
  if (params.trash) {
    return <Notice icon={<ImageOff aria-hidden />} title={t("catalog.emptyTrash")} />;
  }
  return (
    <Notice
      icon={<PackageOpen aria-hidden />}
      title={t("catalog.empty")}
      actions={
        editor && (
          <>
            <Link to="/add" className={buttonLook} data-look="primary">
              {t("app.add")}
            </Link>
            <Link to="/import" className={buttonLook} data-look="secondary">
              {t("catalog.importFile")}
            </Link>
          </>
        )
      }
    >
      {t("catalog.emptyText")}
    </Notice>
  );
}

// Another list begins without a choice.
function listKey({ view: _, ...wanted }: CatalogueParams): string {
  return JSON.stringify(wanted);
}

function isText(target: EventTarget): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && target.type !== "checkbox")
  );
}

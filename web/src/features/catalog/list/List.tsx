import { useInfiniteQuery } from "@tanstack/react-query";
import { ImageOff } from "lucide-react";
import {
  lazy,
  Suspense,
  useCallback,
  useMemo,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { useTranslation } from "react-i18next";

import { useFields } from "@/components/fields";
import { Button } from "@/components/Button";
import { NoProducts, NothingFits } from "@/components/Empty";
import { Failure, FailureLine, Notice } from "@/components/Notice";
import { count } from "@/texts/format";

import { NONE, stillThere, toggled, type Chosen } from "./chosen";
import styles from "./List.module.css";
import { ListTools } from "./ListTools";
import { isNarrowed, widened, type CatalogueParams } from "./params";
import { ProductGrid } from "./ProductGrid";
import { ProductTable } from "./ProductTable";
import { productsQuery } from "./queries";
import type { ViewProps } from "./view";
import { Waiting } from "./Waiting";

// Only for those who choose something.
const BulkBar = lazy(() => import("./BulkBar"));

interface Props {
  params: CatalogueParams;
  editor: boolean;
  onChange: (params: CatalogueParams, replace?: boolean) => void;
}

/** The products that the address asks for, or why there are none. */
export function List({ params, editor, onChange }: Props) {
  const { view, columns: _, ...wanted } = params;
  const list = useInfiniteQuery(productsQuery(wanted, useFields()));
  const products = useMemo(
    () => list.data?.pages.flatMap((page) => page.products) ?? [],
    [list.data],
  );
  const choice = useChoice(useMemo(() => products.map(({ id }) => id), [products]));
  if (list.data === undefined && list.error) {
    return <Failure error={list.error} retry={() => void list.refetch()} />;
  }
  if (list.data === undefined) return <Waiting table={view === "table"} />;
  if (products.length === 0) return <Empty params={params} onChange={onChange} />;
  const fetchMore = () => void list.fetchNextPage();
  const props: ViewProps = {
    ...choice,
    products,
    trash: params.trash === true,
    editable: editor,
    onMore: () => {
      if (list.hasNextPage && !list.isFetchingNextPage) fetchMore();
    },
  };
  return (
    <Frame
      view={props}
      total={list.data.pages[0]?.total ?? products.length}
      tools={<ListTools params={params} onChange={onChange} />}
    >
      {view === "table" ? (
        <ProductTable {...props} params={params} onChange={onChange} />
      ) : (
        <ProductGrid {...props} />
      )}
      {list.isFetchNextPageError && <More error={list.error} onMore={fetchMore} />}
    </Frame>
  );
}

/** Which of the listed products are chosen, and how that changes. */
function useChoice(ids: readonly string[]): Pick<ViewProps, "chosen" | "onToggle" | "onAll"> {
  const [picked, setPicked] = useState<Chosen>(NONE);
  const chosen = useMemo(() => stillThere(picked, ids), [picked, ids]);
  const onToggle = useCallback(
    (id: string, reach: boolean) =>
      setPicked((before) => toggled(stillThere(before, ids), ids, id, reach)),
    [ids],
  );
  const onAll = (on: boolean) => setPicked(on ? { ids: new Set(ids), anchor: null } : NONE);
  return { chosen, onToggle, onAll };
}

interface FrameProps {
  view: ViewProps;
  total: number;
  tools: ReactNode;
  children: ReactNode;
}

/** The list itself between how many there are and what can be done with the chosen ones. */
function Frame({ view, total, tools, children }: FrameProps) {
  const { t } = useTranslation();
  const { chosen, editable, products, trash, onAll } = view;
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- shortcuts for the controls within
    <div
      className={styles.list}
      onKeyDown={(event) => {
        if (editable) chooseByKey(event, onAll);
      }}
    >
      <div className={styles.line}>
        <p role="status">{t("catalog.count", { count: total, shown: count(total) })}</p>
        {editable && (
          <p className={styles.soft}>{chosen.ids.size > 0 ? null : t("catalog.selectHint")}</p>
        )}
        {tools}
      </div>
      {children}
      {chosen.ids.size > 0 && (
        <Suspense fallback={null}>
          <BulkBar ids={[...chosen.ids]} shown={products.length} trash={trash} onAll={onAll} />
        </Suspense>
      )}
    </div>
  );
}

function chooseByKey(event: KeyboardEvent, onAll: (on: boolean) => void): void {
  if (event.target instanceof HTMLSelectElement) return;
  if (event.key === "Escape") onAll(false);
  if (event.key === "a" && (event.ctrlKey || event.metaKey) && !isText(event.target)) {
    event.preventDefault();
    onAll(true);
  }
}

function More({ error, onMore }: { error: Error; onMore: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.more}>
      <FailureLine error={error} />
      <Button onClick={onMore}>{t("common.retry")}</Button>
    </div>
  );
}

function Empty({ params, onChange }: Omit<Props, "editor">) {
  const { t } = useTranslation();
  const { trash } = params;
  if (isNarrowed(params)) {
    return (
      <NothingFits
        title={t("catalog.emptyFiltered")}
        clear={t("catalog.clearFilters")}
        onClear={() => onChange(widened(params))}
      />
    );
  }
  if (trash) return <Notice icon={<ImageOff aria-hidden />} title={t("catalog.emptyTrash")} />;
  return (
    <NoProducts title={t("catalog.empty")} importing={t("catalog.importFile")} first="add">
      {t("catalog.emptyText")}
    </NoProducts>
  );
}

function isText(target: EventTarget): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && target.type !== "checkbox")
  );
}

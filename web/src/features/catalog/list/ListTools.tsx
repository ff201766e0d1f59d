import { ArrowDownWideNarrow, ArrowUpNarrowWide, Columns3, Download } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "@/components/Button";
import { useSeesScores } from "@/components/me";

import { useColumnName } from "./columns";
import styles from "./ListTools.module.css";
import { isDown, SORTS, sortedBy, type CatalogueParams } from "./params";

const ColumnsDialog = lazy(() => import("./ColumnsDialog"));
const ExportMenu = lazy(() => import("./ExportMenu"));

interface Props {
  params: CatalogueParams;
  onChange: (params: CatalogueParams, replace?: boolean) => void;
}

/** The order of the list, the columns of the table, and the list as a file. */
export function ListTools({ params, onChange }: Props) {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  const [exporting, setExporting] = useState(false);
  return (
    <div className={styles.tools}>
      <Order params={params} onChange={onChange} />
      {params.view === "table" && (
        <IconButton
          label={t("catalog.columns")}
          className={styles.columns}
          onClick={() => setChoosing(true)}
        >
          <Columns3 size={18} aria-hidden />
        </IconButton>
      )}
      {!params.trash &&
        (exporting ? (
          <Suspense fallback={null}>
            <ExportMenu params={params} />
          </Suspense>
        ) : (
          <IconButton
            label={t("catalog.export.label")}
            aria-haspopup="menu"
            onClick={() => setExporting(true)}
          >
            <Download size={18} aria-hidden />
          </IconButton>
        ))}
      {choosing && (
        <Suspense fallback={null}>
          <ColumnsDialog params={params} onChange={onChange} onClose={() => setChoosing(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Order({ params, onChange }: Props) {
  const { t } = useTranslation();
  const columnName = useColumnName();
  const scored = useSeesScores();
  const down = isDown(params);
  const Arrow = down ? ArrowDownWideNarrow : ArrowUpNarrowWide;
  const sort = params.sort ?? "created";
  return (
    <>
      <select
        className={styles.order}
        aria-label={t("catalog.sort")}
        value={sort}
        onChange={({ target }) => {
          const next = SORTS.find((each) => each === target.value);
          if (next) onChange(sortedBy(params, next), true);
        }}
      >
        {SORTS.filter((each) => each !== "sureness" || scored).map((each) => (
          <option key={each} value={each}>
            {columnName(each)}
          </option>
        ))}
      </select>
      <IconButton
        label={down ? t("catalog.sortDown") : t("catalog.sortUp")}
        onClick={() => onChange(sortedBy(params, sort), true)}
      >
        <Arrow size={18} aria-hidden />
      </IconButton>
    </>
  );
}

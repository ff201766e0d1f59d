import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { useSeesScores } from "@/components/me";

import { useColumnName, useColumns } from "./columns";
import styles from "./ColumnsDialog.module.css";
import { catalogueParams, COLUMNS, type CatalogueParams } from "./params";

interface Props {
  params: CatalogueParams;
  onChange: (params: CatalogueParams, replace?: boolean) => void;
  onClose: () => void;
}

/** Which columns the table has beside the title. */
export default function ColumnsDialog({ params, onChange, onClose }: Props) {
  const { t } = useTranslation();
  const columnName = useColumnName();
  const scored = useSeesScores();
  const shown = useColumns(params);
  const { columns: _, ...usual } = params;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("catalog.columnsTitle")}
      actions={
        <>
          <Button onClick={() => onChange(usual, true)}>{t("catalog.columnsUsual")}</Button>
          <Button look="primary" onClick={onClose}>
            {t("common.done")}
          </Button>
        </>
      }
    >
      <div className={styles.choices} role="group" aria-label={t("catalog.columnsTitle")}>
        {COLUMNS.filter((each) => each !== "sureness" || scored).map((each) => (
          <label key={each} className={styles.choice}>
            <input
              type="checkbox"
              checked={shown.includes(each)}
              onChange={({ target }) => {
                const columns = target.checked
                  ? [...shown, each]
                  : shown.filter((one) => one !== each);
                onChange(catalogueParams({ ...params, columns }), true);
              }}
            />
            {columnName(each)}
          </label>
        ))}
      </div>
    </Dialog>
  );
}

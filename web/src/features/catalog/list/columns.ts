import { useTranslation } from "react-i18next";

import { useSeesScores } from "@/components/me";
import en from "@/texts/en.json";
import { isNamed } from "@/texts/words";

import { usePartName } from "../shared/words";
import { USUAL, type CatalogueParams, type Column, type SortName } from "./params";

/** Pixels of each column; the title has what is left. */
export const WIDTHS: Readonly<Record<Column, number>> = {
  external_id: 136,
  category: 136,
  colour: 104,
  brand: 124,
  gender: 96,
  price: 104,
  status: 124,
  photos: 84,
  sureness: 132,
  changed: 176,
  created: 176,
};

/** The columns of a table beside the title. */
export function useColumns({ columns = USUAL }: CatalogueParams): readonly Column[] {
  const scored = useSeesScores();
  return columns.filter((each) => each !== "sureness" || scored);
}

/** What a column, or an order, is called. */
export function useColumnName(): (column: Column | SortName) => string {
  const { t } = useTranslation();
  const partName = usePartName();
  return (column) =>
    isNamed(en.catalog.tableColumn, column) ? t(`catalog.tableColumn.${column}`) : partName(column);
}

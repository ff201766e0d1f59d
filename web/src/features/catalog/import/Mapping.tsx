import { useTranslation } from "react-i18next";

import type { ImportResult } from "@/api/types";

import { fieldName } from "../shared/words";
import styles from "./Mapping.module.css";
import {
  attributeName,
  attributeOf,
  becomes,
  BECOMES,
  decided,
  FORMATS,
  isFormat,
  sampleOf,
  type Reading,
} from "./reading";
import tables from "./Tables.module.css";

interface MappingProps {
  told: ImportResult;
  reading: Reading;
  onReading: (reading: Reading) => void;
  editable: boolean;
}

/** What becomes of each column, to be looked at and changed. */
export function Mapping({ told, reading, onReading, editable }: MappingProps) {
  const { t } = useTranslation();
  return (
    <div className={tables.block}>
      <div className={tables.head}>
        <h3>{t("catalog.mapping")}</h3>
        <p className={tables.soft}>
          {t("catalog.readAs", {
            format: isFormat(told.format) ? FORMATS[told.format] : told.format,
          })}
        </p>
      </div>
      <div className={tables.scroll}>
        <table className={tables.table}>
          <thead>
            <tr>
              <th scope="col">{t("catalog.column")}</th>
              <th scope="col">{t("catalog.becomes")}</th>
            </tr>
          </thead>
          <tbody>
            {told.columns.map((use) => (
              <tr key={use.column}>
                <th scope="row">
                  {use.column}
                  <span className={styles.sample}>{sampleOf(told, use.column)}</span>
                </th>
                <td>
                  <select
                    className={styles.select}
                    aria-label={t("catalog.becomesOf", { column: use.column })}
                    value={becomes(reading, use)}
                    disabled={!editable}
                    data-ignored={becomes(reading, use) === ""}
                    onChange={({ target }) =>
                      onReading(
                        decided(
                          reading,
                          { column: use.column, becomes: target.value },
                          use.becomes,
                        ),
                      )
                    }
                  >
                    <Choices column={use.column} found={use.becomes} />
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Choices({ column, found }: { column: string; found: string }) {
  const { t } = useTranslation();
  const own = attributeOf(column);
  const usual: readonly string[] = [...BECOMES, "", own];
  const named = (field: string) => {
    const attribute = attributeName(field);
    return attribute === null ? fieldName(t, field) : t("catalog.asAttribute", { name: attribute });
  };
  return (
    <>
      {!usual.includes(found) && <option value={found}>{named(found)}</option>}
      {BECOMES.map((field) => (
        <option key={field} value={field}>
          {fieldName(t, field)}
        </option>
      ))}
      <option value={own}>{named(own)}</option>
      <option value="">{t("catalog.ignore")}</option>
    </>
  );
}

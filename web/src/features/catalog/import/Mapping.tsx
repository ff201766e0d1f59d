import { useTranslation } from "react-i18next";

import { FORMATS, isFormat } from "@/api/formats";
import type { ImportResult } from "@/api/types";

import { usePartName } from "../shared/words";
import styles from "./Mapping.module.css";
import { attributeName, attributeOf, becomes, decided, sampleOf, type Reading } from "./reading";
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
                    <Choices
                      column={use.column}
                      found={use.becomes}
                      fields={told.fields.filter(isChosen)}
                    />
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

// Nothing stands last, and attributes as a whole are no column that people have.
function isChosen(field: string): boolean {
  return field !== "" && field !== "attributes";
}

interface ChoicesProps {
  column: string;
  found: string;
  /** What the server lets a column become, beside an attribute of any name. */
  fields: readonly string[];
}

function Choices({ column, found, fields }: ChoicesProps) {
  const { t } = useTranslation();
  const partName = usePartName();
  const own = attributeOf(column);
  const usual = [...fields, "", own];
  const named = (field: string) => {
    const attribute = attributeName(field);
    return attribute === null ? partName(field) : t("catalog.asAttribute", { name: attribute });
  };
  return (
    <>
      {!usual.includes(found) && <option value={found}>{named(found)}</option>}
      {fields.map((field) => (
        <option key={field} value={field}>
          {partName(field)}
        </option>
      ))}
      <option value={own}>{named(own)}</option>
      <option value="">{t("catalog.ignore")}</option>
    </>
  );
}

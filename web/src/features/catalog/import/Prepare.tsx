import { useTranslation } from "react-i18next";

import { Problem } from "@/api/problem";
import { Button } from "@/components/Button";
import { FailureLine } from "@/components/Notice";

import { Check } from "./Check";
import { Choose } from "./Choose";
import { IdColumn } from "./IdColumn";
import styles from "./Import.module.css";
import type { Importing } from "./useImport";

interface Props {
  making: Importing;
  /** The job of the last check, if there was one. */
  check: string | undefined;
}

/** Everything before an import starts: its files, how they are read, what would come of it. */
export function Prepare({ making, check }: Props) {
  const { t } = useTranslation();
  const { file, reading, busy, error, start } = making;
  return (
    <>
      <Choose
        file={file}
        images={making.images}
        reading={reading}
        onFile={making.chooseFile}
        onImages={making.setImages}
        onReading={making.setReading}
      />
      {!check && (
        <div className={styles.end}>
          <Button look="primary" disabled={file === null} busy={busy} onClick={() => start(true)}>
            {busy ? t("catalog.sending") : t("catalog.check")}
          </Button>
        </div>
      )}
      {file && isWithoutId(error) ? (
        <IdColumn
          file={file}
          busy={busy}
          onColumn={(column) => {
            const columns = { ...reading.columns, [column]: "external_id" };
            start(true, { ...reading, columns });
          }}
        />
      ) : (
        <FailureLine error={error} />
      )}
      {check && (
        <Check
          key={check}
          jobId={check}
          reading={reading}
          onReading={making.setReading}
          fresh={making.fresh}
          ready={file !== null}
          busy={busy}
          onCheck={() => start(true)}
          onImport={() => start(false)}
        />
      )}
    </>
  );
}

/** Whether the server found no column that tells products apart. */
function isWithoutId(error: Error | null): boolean {
  return error instanceof Problem && "external_id" in error.fields;
}

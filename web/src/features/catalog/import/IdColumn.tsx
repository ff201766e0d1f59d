import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { Select } from "@/components/Field";

import { columnsOf } from "./csv";
import styles from "./Import.module.css";

interface Props {
  file: File;
  busy: boolean;
  onColumn: (column: string) => void;
}

/** Asks which column tells products apart, for files where its name does not say so. */
export function IdColumn({ file, busy, onColumn }: Props) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState("");
  const { data: columns = [] } = useQuery({
    queryKey: ["columns", file.name, file.size, file.lastModified],
    queryFn: () => columnsOf(file),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (chosen) onColumn(chosen);
  };
  return (
    <form className={styles.ask} onSubmit={submit}>
      <Select
        label={t("catalog.idColumn")}
        hint={t("catalog.idColumnHint")}
        value={chosen}
        choices={{ "": "…", ...Object.fromEntries(columns.map((name) => [name, name])) }}
        onChange={({ target }) => setChosen(target.value)}
      />
      <Button type="submit" look="primary" disabled={chosen === ""} busy={busy}>
        {t("catalog.checkAgain")}
      </Button>
    </form>
  );
}

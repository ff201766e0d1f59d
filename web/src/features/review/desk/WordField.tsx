import { Combobox } from "@base-ui/react/combobox";
import { useQuery } from "@tanstack/react-query";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";

import { vocabularyQuery } from "@/api/fields";
import { useFacetName, useLabelName } from "@/components/fields";

import { Key } from "../shared/Key";
import styles from "./WordField.module.css";

interface Props {
  facet: string;
  keyName: string;
  input: Ref<HTMLInputElement>;
  /** Told a value of the vocabulary, and whether it stands beside the others. */
  onWord: (value: string, beside: boolean) => void;
}

/** Any word of a facet's vocabulary: some letters of it are enough. */
export function WordField({ facet, keyName, input, onWord }: Props) {
  const { t } = useTranslation();
  const labelName = useLabelName();
  const facetName = useFacetName()(facet);
  const { data } = useQuery(vocabularyQuery);
  const values = data?.facets.find(({ name }) => name === facet)?.values ?? [];
  return (
    <Combobox.Root
      items={values.map(({ value }) => value)}
      value={null}
      autoHighlight
      itemToStringLabel={(value: string) => labelName(facet, value)}
      onValueChange={(value, { event }) => {
        if (value === null) return;
        onWord(value, "shiftKey" in event && event.shiftKey);
        // The keys of the desk go on where they were.
        requestAnimationFrame(() => {
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        });
      }}
    >
      <span className={styles.field}>
        <Combobox.Input
          ref={input}
          className={styles.input}
          aria-label={t("review.desk.otherWord", { facet: facetName })}
          placeholder={t("review.desk.otherWordShort")}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
        <Key name={keyName} />
      </span>
      <Combobox.Portal>
        <Combobox.Positioner className={styles.place} sideOffset={4} align="start">
          <Combobox.Popup className={styles.popup}>
            <Combobox.Empty className={styles.empty}>{t("review.desk.noWord")}</Combobox.Empty>
            <Combobox.List>
              {(value: string) => (
                <Combobox.Item key={value} value={value} className={styles.item}>
                  {labelName(facet, value)}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

import { useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useFields } from "@/components/fields";

import { fieldsOf, isSame, type Draft } from "../shared/validate";
import { usePartName } from "../shared/words";
import styles from "./ChangedMeanwhile.module.css";
import { attributeOf, valueIn, withValue, type Meanwhile } from "./meanwhile";
import { valueText } from "./words";

interface Props {
  changes: readonly Meanwhile[];
  draft: Draft;
  onChange: (draft: Draft) => void;
}

/** What somebody else saved while the form was open; of what both changed one is chosen. */
export function ChangedMeanwhile({ changes, draft, onChange }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), [changes]);
  return (
    <section ref={place} className={styles.told} tabIndex={-1} aria-labelledby={id}>
      <h3 id={id}>{t("catalog.meanwhile.title")}</h3>
      <p>{t("catalog.meanwhile.text")}</p>
      {changes.map((change) =>
        change.clashes ? (
          <Choice key={change.field} {...{ change, draft, onChange }} />
        ) : (
          <Taken key={change.field} change={change} />
        ),
      )}
    </section>
  );
}

function Taken({ change: { field, theirs } }: { change: Meanwhile }) {
  const { t } = useTranslation();
  return (
    <div className={styles.change}>
      <strong>{useName(field)}</strong>
      <span>{t("catalog.meanwhile.taken", { value: valueText(t, theirs) })}</span>
    </div>
  );
}

interface ChoiceProps {
  change: Meanwhile;
  draft: Draft;
  onChange: (draft: Draft) => void;
}

function Choice({ change: { field, theirs, mine }, draft, onChange }: ChoiceProps) {
  const { t } = useTranslation();
  const group = useId();
  const takes = isSame(valueIn(fieldsOf(draft, useFields()), field), theirs);
  const choices = [
    { value: mine, chosen: !takes, text: t("catalog.meanwhile.mine") },
    { value: theirs, chosen: takes, text: t("catalog.meanwhile.theirs") },
  ];
  return (
    <fieldset className={styles.change}>
      <legend>{useName(field)}</legend>
      {choices.map(({ value, chosen, text }) => (
        <label key={text} className={styles.choice}>
          <input
            type="radio"
            name={group}
            checked={chosen}
            onChange={() => onChange(withValue(draft, field, value))}
          />
          <span>
            {text} <q>{valueText(t, value)}</q>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function useName(field: string): string {
  const { t } = useTranslation();
  const partName = usePartName();
  const attribute = attributeOf(field);
  return attribute === null ? partName(field) : t("catalog.asAttribute", { name: attribute });
}

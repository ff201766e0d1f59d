import { useQuery } from "@tanstack/react-query";
import { useId, useState, type KeyboardEvent, type Ref } from "react";
import { useTranslation } from "react-i18next";

import { vocabularyQuery } from "@/api/fields";
import { useFacetName, useLabelName } from "@/components/fields";

import { Key } from "../shared/Key";
import styles from "./WordField.module.css";
import { fitting } from "./words";

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
  const list = useId();
  const facetName = useFacetName()(facet);
  const [typed, setTyped] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const words = fitting(useWords(facet), typed);
  const take = (value: string, beside: boolean) => {
    onWord(value, beside);
    setTyped("");
    setAt(0);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) setAt((at + by + words.length) % Math.max(1, words.length));
    else if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (by !== undefined) return;
    const word = event.key === "Enter" ? words[at] : undefined;
    if (word) take(word.value, event.shiftKey);
    if (word || event.key === "Escape") event.currentTarget.blur(); // the keys of the desk go on
  };
  const isShown = isOpen && words.length > 0;
  return (
    <span className={styles.field}>
      <input
        ref={input}
        className={styles.input}
        role="combobox"
        aria-label={t("review.desk.otherWord", { facet: facetName })}
        aria-autocomplete="list"
        aria-expanded={isShown}
        aria-controls={list}
        aria-activedescendant={isShown ? `${list}-${at}` : undefined}
        placeholder={t("review.desk.otherWordShort")}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <Key name={keyName} />
      {isOpen && words.length === 0 && (
        <span className={styles.popup} role="status">
          {t("review.desk.noWord")}
        </span>
      )}
      <Words {...{ list, words, at }} isShown={isShown} onTake={take} />
    </span>
  );
}

interface WordsProps {
  list: string;
  words: readonly Word[];
  /** The place of the one that Enter takes. */
  at: number;
  isShown: boolean;
  onTake: (value: string, beside: boolean) => void;
}

function Words({ list, words, at, isShown, onTake }: WordsProps) {
  return (
    <div id={list} role="listbox" className={styles.popup} hidden={!isShown}>
      {words.map(({ value, name }, place) => (
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are the input's
        <div
          key={value}
          id={`${list}-${place}`}
          role="option"
          aria-selected={place === at}
          tabIndex={-1}
          className={styles.item}
          onMouseDown={(event) => event.preventDefault()}
          onClick={(event) => onTake(value, event.shiftKey)}
        >
          {name}
        </div>
      ))}
    </div>
  );
}

interface Word {
  value: string;
  name: string;
}

function useWords(facet: string): readonly Word[] {
  const labelName = useLabelName();
  const { data } = useQuery(vocabularyQuery);
  const values = data?.facets.find(({ name }) => name === facet)?.values ?? [];
  return values.map(({ value }) => ({ value, name: labelName(facet, value) }));
}

import { useId, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import styles from "./SearchBar.module.css";
import { useSuggestions } from "./suggestions";

interface Props {
  text: string;
  placeholder: string;
  input: RefObject<HTMLInputElement | null>;
  onText: (text: string) => void;
  /** Told of a suggestion that was taken. */
  onChosen: (text: string) => void;
}

/** Where words are typed: a combobox, whose list suggests how they may go on. */
export function WordsField({ text, placeholder, input, onText, onChosen }: Props) {
  const { t } = useTranslation();
  const list = useId();
  const { shown, active, close, onTyped, onKeyDown } = useSuggestions(onChosen);
  return (
    <>
      <input
        ref={input}
        type="search"
        name="q"
        className={styles.words}
        value={text}
        maxLength={1_000}
        placeholder={placeholder}
        aria-label={t("search.words")}
        autoComplete="off"
        enterKeyHint="search"
        role="combobox"
        aria-autocomplete="list"
        aria-controls={list}
        aria-expanded={shown.length > 0}
        aria-activedescendant={active < 0 ? undefined : `${list}-${active}`}
        onKeyDown={onKeyDown}
        onBlur={close}
        onChange={({ currentTarget }) => {
          onText(currentTarget.value);
          onTyped(currentTarget.value);
        }}
      />
      <div
        id={list}
        role="listbox"
        aria-label={t("search.suggestions")}
        className={styles.suggestions}
        hidden={shown.length === 0}
        // What is pressed in the list must not take the focus from the field.
        onPointerDown={(event) => event.preventDefault()}
      >
        {shown.map((one, place) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field has keys and focus
          <div
            key={one.text}
            id={`${list}-${place}`}
            role="option"
            aria-selected={place === active}
            ref={(option) => {
              if (place === active) option?.scrollIntoView({ block: "nearest" });
            }}
            onClick={() => {
              close();
              onChosen(one.text);
            }}
          >
            {one.text} <span className={styles.facet}>{one.title}</span>
          </div>
        ))}
      </div>
    </>
  );
}

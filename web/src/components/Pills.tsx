import styles from "./Pills.module.css";

interface Props<Value extends string> {
  label: string;
  value: Value;
  /** Value to what is shown, in their order. */
  choices: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
}

/** One of a few, all in sight: a filter of a list. */
export function Pills<Value extends string>({ label, value, choices, onChange }: Props<Value>) {
  return (
    <div role="group" aria-label={label} className={styles.pills}>
      {choices.map(([each, shown]) => (
        <button
          key={each}
          type="button"
          className={styles.pill}
          aria-pressed={each === value}
          onClick={() => onChange(each)}
        >
          {shown}
        </button>
      ))}
    </div>
  );
}

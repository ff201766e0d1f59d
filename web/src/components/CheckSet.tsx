import { useId } from "react";

import styles from "./CheckSet.module.css";

interface Props {
  label: string;
  /** Value to what is shown. */
  choices: Readonly<Record<string, string>>;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  error?: string | undefined;
}

/** Any number of several, each with its technical name beside it. */
export function CheckSet({ label, choices, chosen, onChange, error }: Props) {
  const errorId = useId();
  return (
    <fieldset className={styles.set} aria-describedby={error === undefined ? undefined : errorId}>
      <legend className={styles.legend}>{label}</legend>
      {Object.entries(choices).map(([value, shown]) => (
        <label key={value} className={styles.choice}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) =>
              onChange(
                Object.keys(choices).filter((each) =>
                  each === value ? event.target.checked : chosen.includes(each),
                ),
              )
            }
          />
          <span>{shown}</span>
          <span className={styles.code}>{value}</span>
        </label>
      ))}
      {error !== undefined && (
        <p id={errorId} role="alert" className={styles.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}

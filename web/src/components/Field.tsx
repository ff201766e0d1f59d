import { Field as Base } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";

import styles from "./Field.module.css";

interface Common {
  label: string;
  /** Why the server, or the form itself, does not take the value. */
  error?: string | undefined;
  hint?: ReactNode;
}

type InputProps = Common & Omit<ComponentProps<typeof Base.Control>, "render">;

/** A labelled input with a hint and an error that screen readers tie to it. */
export function Field({ label, error, hint, ...input }: InputProps) {
  return (
    <Base.Root className={styles.field} invalid={error !== undefined} name={input.name}>
      <Base.Label className={styles.label}>{label}</Base.Label>
      <Base.Control {...input} className={styles.control} />
      <Below error={error} hint={hint} />
    </Base.Root>
  );
}

type AreaProps = Common & ComponentProps<"textarea">;

/** A labelled text of several lines. */
export function Area({ label, error, hint, ...area }: AreaProps) {
  return (
    <Base.Root className={styles.field} invalid={error !== undefined} name={area.name}>
      <Base.Label className={styles.label}>{label}</Base.Label>
      <Base.Control render={<textarea {...area} className={styles.control} />} />
      <Below error={error} hint={hint} />
    </Base.Root>
  );
}

type SelectProps = Common &
  Omit<ComponentProps<"select">, "children"> & { choices: Readonly<Record<string, string>> };

/** A labelled choice of one: value to what is shown. The browser's own list suits any device. */
export function Select({ label, error, hint, choices, ...select }: SelectProps) {
  return (
    <Base.Root className={styles.field} invalid={error !== undefined} name={select.name}>
      <Base.Label className={styles.label}>{label}</Base.Label>
      <Base.Control
        render={
          <select {...select} className={styles.control}>
            {Object.entries(choices).map(([value, shown]) => (
              <option key={value} value={value}>
                {shown}
              </option>
            ))}
          </select>
        }
      />
      <Below error={error} hint={hint} />
    </Base.Root>
  );
}

function Below({ error, hint }: Pick<Common, "error" | "hint">) {
  return (
    <>
      {hint !== undefined && <Base.Description className={styles.hint}>{hint}</Base.Description>}
      {error !== undefined && (
        <Base.Error match className={styles.error}>
          {error}
        </Base.Error>
      )}
    </>
  );
}

import { Switch as Base } from "@base-ui/react/switch";

import styles from "./Switch.module.css";

interface Props {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** On or off, at once. */
export function Switch({ label, checked, disabled = false, onChange }: Props) {
  return (
    <label className={styles.label}>
      <Base.Root
        className={styles.track}
        checked={checked}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next)}
      >
        <Base.Thumb className={styles.thumb} />
      </Base.Root>
      {label}
    </label>
  );
}

import { useId, useState, type ReactNode } from "react";

import styles from "./DropZone.module.css";

interface Props {
  icon: ReactNode;
  title: string;
  hint: string;
  /** What the browser offers, as in <input accept>. */
  accept: string;
  size?: "small" | "large";
  onFiles: (files: readonly File[]) => void;
}

/** A place that files are dropped on, or picked from the device after a click. */
export function DropZone({ icon, title, hint, accept, size = "small", onFiles }: Props) {
  const input = useId();
  const [over, setOver] = useState(false);
  return (
    <div className={styles.zone} data-over={over} data-size={size}>
      <label htmlFor={input} className={styles.ask}>
        {icon}
        <span className={styles.title}>{title}</span>
        <span className={styles.hint}>{hint}</span>
      </label>
      <input
        id={input}
        className={styles.input}
        type="file"
        accept={accept}
        multiple
        // The input lies over the whole place, so the browser itself takes what is dropped.
        onDragEnter={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDrop={() => setOver(false)}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </div>
  );
}

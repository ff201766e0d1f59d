import type { ReactNode } from "react";

import styles from "./Badge.module.css";

export type Tone = "plain" | "accent" | "success" | "warning" | "danger";

/** A word about the state of something; never told by colour alone. */
export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}

import type { ReactNode } from "react";

import styles from "./Rows.module.css";

/** A list of things, one under the other, in one frame. */
export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.rows} aria-label={label}>
      {children}
    </ul>
  );
}

/** One thing of it; `opens` for one that leads to a page of its own. */
export function Row({ opens = false, children }: { opens?: boolean; children: ReactNode }) {
  return (
    <li className={styles.row} data-opens={opens}>
      {children}
    </li>
  );
}

/** Small facts about one of them, side by side. */
export function RowFacts({ children }: { children: ReactNode }) {
  return <p className={styles.facts}>{children}</p>;
}

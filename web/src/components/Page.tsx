import { useEffect, type ReactNode } from "react";

import styles from "./Page.module.css";

interface Props {
  title: string;
  /** Shown beside the title: what can be done here. */
  actions?: ReactNode;
  /** `narrow` for forms and texts, `medium` for lists. */
  width?: "wide" | "medium" | "narrow";
  children: ReactNode;
}

/** A page with its heading; its title is the tab's too. */
export function Page({ title, actions, width = "wide", children }: Props) {
  useTitle(title);
  return (
    <div className={styles.page} data-width={width}>
      <div className={styles.head}>
        <h1>{title}</h1>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** Name the browser's tab while mounted. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Vitrine` : "Vitrine";
  }, [title]);
}

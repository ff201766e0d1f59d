import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode } from "react";

import styles from "./Tabs.module.css";

/** Links between the parts of a page, each with an address of its own. */
export function Tabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {children}
    </nav>
  );
}

/** One of them. */
export const Tab = createLink(function Tab(props: AnchorHTMLAttributes<HTMLAnchorElement>) {
  const { children, className, ...rest } = props;
  return (
    <a {...rest} className={[styles.tab, className].filter(Boolean).join(" ")}>
      {children}
    </a>
  );
});

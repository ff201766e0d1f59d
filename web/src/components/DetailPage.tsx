import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";

import styles from "./DetailPage.module.css";
import { Page } from "./Page";

interface Props {
  title: string;
  /** The list this is one of, and what the link back to it says. */
  list: "/jobs" | "/settings/webhooks";
  back: string;
  actions: ReactNode;
  width: "medium" | "narrow";
  children: ReactNode;
}

/** The page of one thing out of a list, with the way back to it. */
export function DetailPage({ title, list, back, actions, width, children }: Props) {
  return (
    <div className={styles.page} data-width={width}>
      <Link to={list} search={{}} className={styles.back}>
        <ArrowLeft size={16} aria-hidden />
        {back}
      </Link>
      <Page title={title} actions={actions}>
        {children}
      </Page>
    </div>
  );
}

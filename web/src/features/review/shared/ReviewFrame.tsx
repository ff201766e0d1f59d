import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useTitle } from "@/components/Page";
import { Tab, Tabs } from "@/components/Tabs";

import styles from "./ReviewFrame.module.css";

interface Props {
  /** What the tab of the browser says. */
  title: string;
  /** Shown beside the tabs: what narrows the screen. */
  tools?: ReactNode;
  /** Buttons that are always in sight, below all else. */
  bar?: ReactNode;
  /** Names what is shown; another is seen from its top. */
  shown?: string | undefined;
  children: ReactNode;
}

/** A screen of reviewing, with the way to the others. */
export function ReviewFrame({ title, tools, bar, shown, children }: Props) {
  const { t } = useTranslation();
  useTitle(title);
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    page.current?.scrollTo({ top: 0 }); // newer browsers answer with a promise
  }, [shown]);
  return (
    <div className={styles.frame} data-bar={bar !== undefined}>
      <div ref={page} className={styles.page}>
        <div className={styles.head}>
          <h1 className={styles.title}>{title}</h1>
          <Tabs label={t("review.title")}>
            <Tab to="/review" search={{}} activeOptions={{ exact: true, includeSearch: false }}>
              {t("review.desk.title")}
            </Tab>
            <Tab to="/review/grid" search={{}} activeOptions={{ includeSearch: false }}>
              {t("review.grid.title")}
            </Tab>
            <Tab to="/review/quality" search={{}} activeOptions={{ includeSearch: false }}>
              {t("review.quality.title")}
            </Tab>
          </Tabs>
          {tools}
        </div>
        {children}
      </div>
      {bar}
    </div>
  );
}

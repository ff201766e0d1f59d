import { Link, Outlet, useMatchRoute } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useMe } from "@/components/me";

import { SECTIONS, sectionsFor } from "../shared/sections";
import styles from "./Settings.module.css";

/** The frame of every section: the way to the others beside it; on a phone the way back to all. */
export default function Settings() {
  const { t } = useTranslation();
  const isOverview = Boolean(useMatchRoute()({ to: "/settings" }));
  return (
    <div className={styles.frame}>
      <Sections />
      <div className={styles.content}>
        {!isOverview && (
          <Link to="/settings" className={styles.back}>
            <ChevronLeft size={18} aria-hidden />
            {t("settings.title")}
          </Link>
        )}
        <Outlet />
      </div>
    </div>
  );
}

function Sections() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <nav className={styles.sections} aria-label={t("settings.nav")}>
      {sectionsFor(me).map(([group, sections]) => (
        <div key={group}>
          <p className={styles.group} id={`settings-${group}`}>
            {t(`settings.group.${group}`)}
          </p>
          <ul aria-labelledby={`settings-${group}`}>
            {sections.map((section) => (
              <li key={section}>
                <Link
                  to={SECTIONS[section].to}
                  search={{}}
                  className={styles.section}
                  activeOptions={{ includeSearch: false }}
                >
                  {t(`settings.section.${section}.name`)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

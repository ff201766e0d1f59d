import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useMe } from "@/components/me";
import { Page } from "@/components/Page";

import { SECTIONS, sectionsFor } from "../shared/sections";
import styles from "./Overview.module.css";

/** Every section in a line, for who does not know yet where something is set. */
export default function Overview() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Page title={t("settings.title")} width="medium">
      <p className={styles.lead}>{t("settings.lead")}</p>
      {sectionsFor(me).map(([group, sections]) => (
        <section key={group} aria-labelledby={`overview-${group}`} className={styles.group}>
          <h2 id={`overview-${group}`}>{t(`settings.group.${group}`)}</h2>
          <ul className={styles.sections}>
            {sections.map((section) => (
              <li key={section}>
                <Link to={SECTIONS[section].to} search={{}} className={styles.section}>
                  <span>
                    <span className={styles.name}>{t(`settings.section.${section}.name`)}</span>
                    <span className={styles.about}>{t(`settings.section.${section}.about`)}</span>
                  </span>
                  <ChevronRight size={18} aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Page>
  );
}

import { CloudOff, Lock, SearchX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Offline, Problem } from "@/api/problem";

import { Button } from "./Button";
import { ButtonLink } from "./ButtonLink";
import styles from "./Notice.module.css";

interface Props {
  icon?: ReactNode;
  title: string;
  /** The heading of a whole page, where there is nothing else. */
  isPage?: boolean;
  children?: ReactNode;
  actions?: ReactNode;
}

/** What a place says when it has nothing else to show: empty, missing, refused, broken. */
export function Notice({ icon, title, isPage = false, children, actions }: Props) {
  const Heading = isPage ? "h1" : "h2";
  return (
    <div className={styles.notice}>
      {icon && <div className={styles.icon}>{icon}</div>}
      <Heading>{title}</Heading>
      {children && <div className={styles.text}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** Why something could not be shown, in words, and what can be done. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const again = retry && (
    <Button look="secondary" onClick={retry}>
      {t("common.retry")}
    </Button>
  );
  if (error instanceof Offline) {
    return (
      <Notice icon={<CloudOff aria-hidden />} title={t("state.offlineTitle")} actions={again}>
        {t("state.offlineText")}
      </Notice>
    );
  }
  if (error instanceof Problem && error.status === 403) return <Forbidden />;
  if (error instanceof Problem && error.status === 404) return <Missing />;
  return (
    <Notice icon={<TriangleAlert aria-hidden />} title={t("state.errorTitle")} actions={again}>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {error instanceof Problem && error.requestId && (
        <p className={styles.small}>{t("state.request", { id: error.requestId })}</p>
      )}
    </Notice>
  );
}

export function Forbidden() {
  const { t } = useTranslation();
  return (
    <Notice icon={<Lock aria-hidden />} title={t("state.forbiddenTitle")} actions={<ToSearch />}>
      {t("state.forbiddenText")}
    </Notice>
  );
}

export function Missing({ isPage = false }: { isPage?: boolean }) {
  const { t } = useTranslation();
  return (
    <Notice
      icon={<SearchX aria-hidden />}
      title={t("state.missingTitle")}
      isPage={isPage}
      actions={<ToSearch />}
    >
      {t("state.missingText")}
    </Notice>
  );
}

function ToSearch() {
  const { t } = useTranslation();
  return (
    <ButtonLink to="/" search={{}}>
      {t("state.toSearch")}
    </ButtonLink>
  );
}

/** One line about what went wrong, beside the control that caused it. */
export function FailureLine({ error }: { error: Error | null | undefined }) {
  if (error == null) return null;
  return (
    <p role="alert" className={styles.line}>
      {error.message}
    </p>
  );
}

import { useTranslation } from "react-i18next";

import type { AuditEvent } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Row, RowFacts } from "@/components/Rows";
import { dateTime } from "@/texts/format";

import styles from "./Audit.module.css";

/** One act: who, what, to what, from where, when, and how it ended. */
export function AuditRow({ event }: { event: AuditEvent }) {
  const { t } = useTranslation();
  const name = event.action.replace(".", "_");
  const done = event.outcome === "done";
  const details = Object.entries({ ...(!done && { code: event.outcome }), ...event.details });
  return (
    <Row>
      <div className={styles.event}>
        <div>
          <p className={styles.name}>
            {t(`admin.audit.act.${name}`, { defaultValue: event.action })}
          </p>
          <RowFacts>
            <time dateTime={event.created_at}>{dateTime(event.created_at)}</time>
            <span>{event.actor || t("admin.audit.nobody")}</span>
            {event.key_id && <span>{t("admin.audit.byKey")}</span>}
            {event.address && <span>{event.address}</span>}
            {event.target && <code>{event.target}</code>}
          </RowFacts>
        </div>
        <Badge tone={done ? "success" : "danger"}>
          {done ? t("admin.audit.done") : t("admin.audit.refused")}
        </Badge>
        {details.length > 0 && (
          <p className={styles.details}>
            {details.map(([key, value]) => `${key}: ${shown(value)}`).join(" · ")}
          </p>
        )}
      </div>
    </Row>
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

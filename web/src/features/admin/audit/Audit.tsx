import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Filter, ScrollText } from "lucide-react";
import { useTranslation } from "react-i18next";

import { buttonClass } from "@/components/Button";
import { NothingFits } from "@/components/Empty";
import { Field, Select } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { MoreButton, QueryState } from "@/components/QueryState";
import { Rows } from "@/components/Rows";

import { AuditRow } from "./AuditRow";
import styles from "./Audit.module.css";
import { auditParams, exportHref, TOPICS, type AuditParams } from "./params";
import { auditQuery } from "./queries";

/** Who did what, to what, from where: nothing of it can be changed. */
export default function Audit() {
  const { t } = useTranslation();
  const params = useSearch({ from: "/shell/settings/audit" });
  const found = useInfiniteQuery(auditQuery(params));
  const events = found.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <Page
      title={t("admin.audit.title")}
      width="medium"
      actions={
        <>
          <Download href={exportHref(params, "csv")} text={t("admin.audit.csv")} />
          <Download href={exportHref(params, "jsonl")} text={t("admin.audit.jsonl")} />
        </>
      }
    >
      <Filters params={params} />
      <QueryState query={found} height="420px" />
      {found.data && events.length === 0 && <Empty params={params} />}
      {events.length > 0 && (
        <Rows label={t("admin.audit.title")}>
          {events.map((event) => (
            <AuditRow key={event.id} event={event} />
          ))}
        </Rows>
      )}
      <MoreButton query={found} className={styles.more} />
    </Page>
  );
}

function Download({ href, text }: { href: string; text: string }) {
  return (
    <a href={href} download className={buttonClass()} data-look="secondary" data-size="normal">
      {text}
    </a>
  );
}

function Filters({ params }: { params: AuditParams }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const set = (name: keyof AuditParams, value: string) =>
    void navigate({ to: "/settings/audit", search: auditParams({ ...params, [name]: value }) });
  return (
    <div className={styles.filters}>
      <Select
        label={t("admin.audit.topic")}
        value={params.action ?? ""}
        choices={{
          "": t("admin.audit.all"),
          ...Object.fromEntries(TOPICS.map((each) => [each, t(`admin.audit.topics.${each}`)])),
        }}
        onChange={(event) => set("action", event.target.value)}
      />
      <Select
        label={t("admin.audit.outcome")}
        value={params.outcome ?? ""}
        choices={{
          "": t("admin.audit.all"),
          done: t("admin.audit.done"),
          refused: t("admin.audit.refused"),
        }}
        onChange={(event) => set("outcome", event.target.value)}
      />
      <Typed label={t("admin.audit.actor")} value={params.actor} onType={(v) => set("actor", v)} />
      <Typed
        label={t("admin.audit.target")}
        value={params.target}
        onType={(v) => set("target", v)}
      />
      <Typed
        label={t("admin.audit.address")}
        value={params.address}
        onType={(v) => set("address", v)}
      />
    </div>
  );
}

interface TypedProps {
  label: string;
  value: string | undefined;
  onType: (value: string) => void;
}

/** A text that counts once one has typed it and goes on. */
function Typed({ label, value, onType }: TypedProps) {
  return (
    <Field
      key={value}
      label={label}
      defaultValue={value}
      autoComplete="off"
      onBlur={(event) =>
        event.target.value.trim() !== (value ?? "") && onType(event.target.value.trim())
      }
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

function Empty({ params }: { params: AuditParams }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (Object.keys(params).length === 0) {
    return <Notice icon={<ScrollText aria-hidden />} title={t("admin.audit.empty")} />;
  }
  return (
    <NothingFits
      icon={<Filter aria-hidden />}
      title={t("admin.audit.none")}
      clear={t("admin.audit.clear")}
      onClear={() => void navigate({ to: "/settings/audit", search: {} })}
    />
  );
}

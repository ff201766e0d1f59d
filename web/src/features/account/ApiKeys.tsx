import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { ApiKey } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { ConfirmRemoval } from "@/components/ConfirmRemoval";
import { Failure } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Row, Rows } from "@/components/Rows";
import { Skeleton } from "@/components/Skeleton";
import { useToast } from "@/components/toast";
import { dateTime, relative } from "@/texts/format";

import styles from "./Account.module.css";
import { keysQuery } from "./queries";

const NewKey = lazy(() => import("./NewKey"));

/** One's keys for programs: made, seen, revoked. */
export default function ApiKeys() {
  const { t } = useTranslation();
  const [making, setMaking] = useState(false);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const found = useQuery(keysQuery);
  return (
    <Page
      title={t("account.keysTitle")}
      width="narrow"
      actions={
        <Button icon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
          {t("account.addKey")}
        </Button>
      }
    >
      <p className={styles.none}>{t("account.keysLead")}</p>
      {found.isPending && <Skeleton height="72px" />}
      {found.isError && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.data?.length === 0 && <p className={styles.none}>{t("account.keysNone")}</p>}
      {found.data && found.data.length > 0 && (
        <Rows label={t("account.keysTitle")}>
          {found.data.map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoke={() => setDoomed(key)} />
          ))}
        </Rows>
      )}
      {making && (
        <Suspense>
          <NewKey onClose={() => setMaking(false)} />
        </Suspense>
      )}
      {doomed && <Revoke apiKey={doomed} onClose={() => setDoomed(null)} />}
    </Page>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { t } = useTranslation();
  const { name, prefix, scopes, expires_at, last_used_at } = apiKey;
  return (
    <Row>
      <div className={styles.key}>
        <div>
          <p className={styles.name}>
            {name}
            <code className={styles.prefix}>{prefix}…</code>
          </p>
          <div className={styles.scopes}>
            {scopes.map((scope) => (
              <Badge key={scope}>{scope}</Badge>
            ))}
          </div>
          <p className={styles.times}>
            <span>
              {last_used_at
                ? t("account.lastUsed", { when: relative(last_used_at) })
                : t("account.neverUsed")}
            </span>
            <Expiry at={expires_at} />
          </p>
        </div>
        <Button
          look="danger"
          size="small"
          aria-label={t("account.revokeNamed", { name })}
          onClick={onRevoke}
        >
          {t("account.revoke")}
        </Button>
      </div>
    </Row>
  );
}

function Expiry({ at }: { at: string | null }) {
  const { t } = useTranslation();
  const [now] = useState(Date.now);
  if (at === null) return <span>{t("account.noExpiry")}</span>;
  if (Date.parse(at) < now) return <Badge tone="warning">{t("account.expired")}</Badge>;
  return <span title={dateTime(at)}>{t("account.expires", { when: relative(at) })}</span>;
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  return (
    <ConfirmRemoval
      title={t("account.revokeTitle")}
      confirm={t("account.revoke")}
      remove={async () => {
        await api.DELETE("/v1/api-keys/{key_id}", { params: { path: { key_id: apiKey.id } } });
      }}
      onRemoved={async () => {
        say(t("account.revoked"));
        onClose();
        await queryClient.invalidateQueries(keysQuery);
      }}
      onClose={onClose}
    >
      {t("account.revokeText", { name: apiKey.name })}
    </ConfirmRemoval>
  );
}

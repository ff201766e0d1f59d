import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { ApiKey, User } from "@/api/types";
import { Button } from "@/components/Button";
import { ConfirmRemoval } from "@/components/ConfirmRemoval";
import { Dialog } from "@/components/Dialog";
import { QueryState } from "@/components/QueryState";
import { Row, RowFacts, Rows } from "@/components/Rows";
import { useToast } from "@/components/toast";
import { dateTime, relative } from "@/texts/format";

import styles from "./Users.module.css";
import { userKeysQuery } from "./queries";

/** Somebody's keys for programs, and an end to any of them. */
export default function Keys({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const found = useQuery(userKeysQuery(user.id));
  const title = t("admin.users.keysOf", { email: user.email });
  if (doomed) return <Revoke user={user} apiKey={doomed} onClose={() => setDoomed(null)} />;
  return (
    <Dialog open title={title} onClose={onClose}>
      <QueryState query={found} height="72px" />
      {found.data?.length === 0 && <p>{t("admin.users.keysNone")}</p>}
      {found.data && found.data.length > 0 && (
        <Rows label={title}>
          {found.data.map((key) => (
            <Row key={key.id}>
              <div className={styles.user}>
                <div className={styles.who}>
                  <p className={styles.name}>
                    {key.name} <code>{key.prefix}…</code>
                  </p>
                  <RowFacts>
                    <span>{key.scopes.join(", ")}</span>
                    <LastUse at={key.last_used_at} />
                  </RowFacts>
                </div>
                <Button
                  look="danger"
                  size="small"
                  aria-label={t("account.revokeNamed", { name: key.name })}
                  onClick={() => setDoomed(key)}
                >
                  {t("account.revoke")}
                </Button>
              </div>
            </Row>
          ))}
        </Rows>
      )}
    </Dialog>
  );
}

function LastUse({ at }: { at: string | null }) {
  const { t } = useTranslation();
  if (at === null) return <span>{t("account.neverUsed")}</span>;
  return <span title={dateTime(at)}>{t("account.lastUsed", { when: relative(at) })}</span>;
}

interface RevokeProps {
  user: User;
  apiKey: ApiKey;
  onClose: () => void;
}

function Revoke({ user, apiKey, onClose }: RevokeProps) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  return (
    <ConfirmRemoval
      title={t("account.revokeTitle")}
      confirm={t("account.revoke")}
      remove={async () => {
        const path = { user_id: user.id, key_id: apiKey.id };
        await api.DELETE("/v1/users/{user_id}/api-keys/{key_id}", { params: { path } });
      }}
      onRemoved={async () => {
        say(t("account.revoked"));
        onClose();
        await queryClient.invalidateQueries(userKeysQuery(user.id));
      }}
      onClose={onClose}
    >
      {t("account.revokeText", { name: apiKey.name })}
    </ConfirmRemoval>
  );
}

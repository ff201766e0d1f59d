import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { PublishableKey } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { ConfirmRemoval } from "@/components/ConfirmRemoval";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { Secret } from "@/components/Secret";
import { useToast } from "@/components/toast";
import { dateTime, relative } from "@/texts/format";

import { shopKeysQuery } from "./queries";
import styles from "./ShopKeys.module.css";
import { snippet, storefront } from "./written";

const KeyForm = lazy(() => import("./KeyForm"));

type Doing = { what: "add" } | { what: "edit" | "revoke"; shopKey: PublishableKey };

/** The keys that shops put in their pages, each with the code to paste. */
export default function ShopKeys() {
  const { t } = useTranslation();
  const say = useToast();
  const [doing, setDoing] = useState<Doing | null>(null);
  const found = useQuery(shopKeysQuery);
  const close = () => setDoing(null);
  const add = (
    <Button
      look="primary"
      icon={<Plus size={16} aria-hidden />}
      onClick={() => setDoing({ what: "add" })}
    >
      {t("admin.shop.add")}
    </Button>
  );
  return (
    <Page title={t("admin.shop.title")} width="medium" actions={found.data?.length ? add : null}>
      <QueryState query={found} height="240px" />
      {found.data?.length === 0 && (
        <Notice icon={<KeyRound aria-hidden />} title={t("admin.shop.emptyTitle")} actions={add}>
          {t("admin.shop.lead")}
        </Notice>
      )}
      {found.data && found.data.length > 0 && (
        <>
          <p className={styles.lead}>{t("admin.shop.lead")}</p>
          {found.data.map((shopKey) => (
            <Shown
              key={shopKey.id}
              shopKey={shopKey}
              onDo={(what) => setDoing({ what, shopKey })}
            />
          ))}
        </>
      )}
      <Suspense>
        {doing?.what === "add" && <KeyForm onClose={close} onSaved={close} />}
        {doing?.what === "edit" && (
          <KeyForm
            shopKey={doing.shopKey}
            onClose={close}
            onSaved={() => {
              say(t("admin.shop.saved"));
              close();
            }}
          />
        )}
      </Suspense>
      {doing?.what === "revoke" && <Revoke shopKey={doing.shopKey} onClose={close} />}
    </Page>
  );
}

interface ShownProps {
  shopKey: PublishableKey;
  onDo: (what: "edit" | "revoke") => void;
}

function Shown({ shopKey, onDo }: ShownProps) {
  const { t } = useTranslation();
  const { name, key, origins, filters, expires_at: ends, last_used_at: used } = shopKey;
  const over = ends !== null && new Date(ends) <= new Date();
  return (
    <Panel
      title={name}
      lead={
        used === null ? t("account.neverUsed") : t("account.lastUsed", { when: relative(used) })
      }
      actions={
        <div className={styles.actions}>
          <Button size="small" onClick={() => onDo("edit")}>
            {t("admin.shop.edit")}
          </Button>
          <Button size="small" look="danger" onClick={() => onDo("revoke")}>
            {t("account.revoke")}
          </Button>
        </div>
      }
    >
      <div className={styles.facts}>
        {ends !== null && !over && <Badge>{t("admin.shop.until", { when: dateTime(ends) })}</Badge>}
        {ends !== null && over && (
          <Badge tone="danger">{t("admin.shop.over", { when: dateTime(ends) })}</Badge>
        )}
        {origins.length === 0 && <Badge tone="warning">{t("admin.shop.noOrigins")}</Badge>}
        {origins.map((origin) => (
          <Badge key={origin}>{origin}</Badge>
        ))}
        {Object.keys(filters).length > 0 && <Badge>{JSON.stringify(filters)}</Badge>}
      </div>
      <h3 className={styles.what}>{t("admin.shop.code")}</h3>
      <Secret label={t("admin.shop.code")} value={snippet(location.origin, key)} />
      <h3 className={styles.what}>{t("admin.shop.storefront")}</h3>
      <Secret label={t("admin.shop.storefront")} value={storefront(location.origin, key)} />
    </Panel>
  );
}

function Revoke({ shopKey, onClose }: { shopKey: PublishableKey; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  return (
    <ConfirmRemoval
      title={t("admin.shop.revokeTitle")}
      confirm={t("account.revoke")}
      remove={async () => {
        const path = { publishable_key_id: shopKey.id };
        await api.DELETE("/v1/publishable-keys/{publishable_key_id}", { params: { path } });
      }}
      onRemoved={async () => {
        say(t("account.revoked"));
        onClose();
        await queryClient.invalidateQueries(shopKeysQuery);
      }}
      onClose={onClose}
    >
      {t("admin.shop.revokeText", { name: shopKey.name })}
    </ConfirmRemoval>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Plus, Webhook as WebhookIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Webhook } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { QueryState } from "@/components/QueryState";
import { Row, Rows } from "@/components/Rows";

import { HookState } from "./HookState";
import { webhooksQuery } from "./queries";
import styles from "./Webhooks.module.css";

const HookForm = lazy(() => import("./HookForm"));
const HookSecret = lazy(() => import("./HookSecret"));

/** Which programs are told of what. */
export default function Webhooks() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const found = useQuery(webhooksQuery);
  const add = (
    <Button look="primary" icon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t("admin.hooks.add")}
    </Button>
  );
  const leave = (id: string) =>
    void navigate({ to: "/settings/webhooks/$webhookId", params: { webhookId: id }, search: {} });
  return (
    <Page title={t("admin.hooks.title")} width="medium" actions={found.data?.length ? add : null}>
      <QueryState query={found} height="160px" />
      {found.data?.length === 0 && (
        <Notice
          icon={<WebhookIcon aria-hidden />}
          title={t("admin.hooks.emptyTitle")}
          actions={add}
        >
          {t("admin.hooks.lead")}
        </Notice>
      )}
      {found.data && found.data.length > 0 && (
        <>
          <p className={styles.lead}>{t("admin.hooks.lead")}</p>
          <Rows label={t("admin.hooks.title")}>
            {found.data.map((hook) => (
              <HookRow key={hook.id} hook={hook} />
            ))}
          </Rows>
        </>
      )}
      <Suspense>
        {adding && (
          <HookForm
            onClose={() => setAdding(false)}
            onMade={(hook) => {
              setAdding(false);
              setMade(hook);
            }}
          />
        )}
        {made && <HookSecret secret={made.secret} onClose={() => leave(made.id)} />}
      </Suspense>
    </Page>
  );
}

function HookRow({ hook }: { hook: Webhook }) {
  return (
    <Row opens>
      <div className={styles.hook}>
        <div className={styles.what}>
          <Link
            to="/settings/webhooks/$webhookId"
            params={{ webhookId: hook.id }}
            search={{}}
            className={styles.url}
          >
            {hook.url}
          </Link>
          {hook.description && <p className={styles.lead}>{hook.description}</p>}
          <div className={styles.events}>
            {hook.events.map((event) => (
              <Badge key={event}>{event}</Badge>
            ))}
          </div>
        </div>
        <HookState hook={hook} />
      </div>
    </Row>
  );
}

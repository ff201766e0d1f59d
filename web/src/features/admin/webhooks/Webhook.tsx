import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { KeyRound, Pencil, Send, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { Webhook as WebhookTold } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { ConfirmRemoval } from "@/components/ConfirmRemoval";
import { DetailPage } from "@/components/DetailPage";
import { Page } from "@/components/Page";
import { Panel } from "@/components/Panel";
import { QueryState } from "@/components/QueryState";
import { Switch } from "@/components/Switch";
import { useToast } from "@/components/toast";
import { dateTime } from "@/texts/format";

import { Deliveries } from "./Deliveries";
import { HookState } from "./HookState";
import { webhookQuery, webhooksQuery } from "./queries";
import styles from "./Webhook.module.css";

const HookForm = lazy(() => import("./HookForm"));
const HookSecret = lazy(() => import("./HookSecret"));
const Rotate = lazy(() => import("./Rotate"));

type Doing = "edit" | "rotate" | "delete" | { secret: string };

/** One webhook: what it is told, how that goes, and its deliveries. */
export default function Webhook() {
  const { t } = useTranslation();
  const { webhookId } = useParams({ from: "/shell/settings/webhooks/$webhookId" });
  const { status } = useSearch({ from: "/shell/settings/webhooks/$webhookId" });
  const [doing, setDoing] = useState<Doing | null>(null);
  const found = useQuery(webhookQuery(webhookId));
  const hook = found.data;
  const close = () => setDoing(null);
  if (hook === undefined) {
    return (
      <Page title={t("admin.hooks.title")}>
        <QueryState query={found} height="320px" />
      </Page>
    );
  }
  return (
    <>
      <DetailPage
        title={t("admin.hooks.title")}
        list="/settings/webhooks"
        back={t("admin.hooks.toList")}
        actions={<Actions hook={hook} onDo={setDoing} />}
        width="medium"
      >
        <About hook={hook} />
        <Deliveries webhookId={hook.id} status={status} />
      </DetailPage>
      <Suspense>
        {doing === "edit" && <HookForm hook={hook} onClose={close} />}
        {doing === "rotate" && (
          <Rotate hook={hook} onClose={close} onMade={(secret) => setDoing({ secret })} />
        )}
        {typeof doing === "object" && doing && <HookSecret secret={doing.secret} onClose={close} />}
      </Suspense>
      {doing === "delete" && <Delete hook={hook} onClose={close} />}
    </>
  );
}

function Actions({ hook, onDo }: { hook: WebhookTold; onDo: (doing: Doing) => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const test = useMutation({
    mutationFn: async () => {
      const path = { webhook_id: hook.id };
      held(await api.POST("/v1/webhooks/{webhook_id}/test", { params: { path } }));
    },
    onSuccess: async () => {
      say(t("admin.hooks.tested"));
      await queryClient.invalidateQueries(webhookQuery(hook.id));
    },
    onError: (error) => say(error.message),
  });
  return (
    <>
      <Button
        look="primary"
        icon={<Send size={16} aria-hidden />}
        busy={test.isPending}
        disabled={test.isPending || !hook.enabled}
        onClick={() => test.mutate()}
      >
        {t("admin.hooks.test")}
      </Button>
      <Button icon={<Pencil size={16} aria-hidden />} onClick={() => onDo("edit")}>
        {t("admin.hooks.edit")}
      </Button>
      <Button icon={<KeyRound size={16} aria-hidden />} onClick={() => onDo("rotate")}>
        {t("admin.hooks.rotate")}
      </Button>
      <Button look="danger" icon={<Trash2 size={16} aria-hidden />} onClick={() => onDo("delete")}>
        {t("common.delete")}
      </Button>
    </>
  );
}

function About({ hook }: { hook: WebhookTold }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const enable = useMutation({
    mutationFn: async (enabled: boolean) => {
      const path = { webhook_id: hook.id };
      return held(
        await api.PATCH("/v1/webhooks/{webhook_id}", { params: { path }, body: { enabled } }),
      );
    },
    onSuccess: async ({ enabled }) => {
      say(enabled ? t("admin.hooks.enabledNow") : t("admin.hooks.disabledNow"));
      await queryClient.invalidateQueries(webhooksQuery);
    },
    onError: (error) => say(error.message),
  });
  return (
    <Panel
      title={hook.url}
      lead={hook.description}
      actions={
        <Switch
          label={t("admin.hooks.enabled")}
          checked={enable.isPending ? enable.variables : hook.enabled}
          disabled={enable.isPending}
          onChange={(enabled) => enable.mutate(enabled)}
        />
      }
    >
      <div className={styles.badges}>
        <HookState hook={hook} />
        {hook.events.map((event) => (
          <Badge key={event}>{event}</Badge>
        ))}
      </div>
      {hook.disabled_reason && <p className={styles.reason}>{hook.disabled_reason}</p>}
      {hook.earlier_until && (
        <p className={styles.soft}>
          {t("admin.hooks.overlap", { when: dateTime(hook.earlier_until) })}
        </p>
      )}
    </Panel>
  );
}

function Delete({ hook, onClose }: { hook: WebhookTold; onClose: () => void }) {
  const { t } = useTranslation();
  const say = useToast();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <ConfirmRemoval
      title={t("admin.hooks.deleteTitle")}
      confirm={t("common.delete")}
      remove={async () => {
        const path = { webhook_id: hook.id };
        await api.DELETE("/v1/webhooks/{webhook_id}", { params: { path } });
      }}
      onRemoved={async () => {
        say(t("admin.hooks.deleted"));
        await navigate({ to: "/settings/webhooks" });
        queryClient.removeQueries(webhookQuery(hook.id));
        await queryClient.invalidateQueries(webhooksQuery);
      }}
      onClose={onClose}
    >
      {t("admin.hooks.deleteText", { url: hook.url })}
    </ConfirmRemoval>
  );
}

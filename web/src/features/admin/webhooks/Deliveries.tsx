import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { Delivery, DeliveryStatus } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Panel } from "@/components/Panel";
import { Pills } from "@/components/Pills";
import { MoreButton, QueryState } from "@/components/QueryState";
import { Row, RowFacts, Rows } from "@/components/Rows";
import { useToast } from "@/components/toast";
import { dateTime, relative } from "@/texts/format";

import { Outcome } from "./Outcome";
import styles from "./Deliveries.module.css";
import { deliveriesQuery, webhookQuery } from "./queries";
import { DELIVERY_STATUSES, DELIVERY_TONES } from "./words";

const DeliveryDialog = lazy(() => import("./DeliveryDialog"));

interface Props {
  webhookId: string;
  status: DeliveryStatus | undefined;
}

/** What was sent to a webhook and what waits, newest first. */
export function Deliveries({ webhookId, status }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [open, setOpen] = useState<string | null>(null);
  const found = useInfiniteQuery(deliveriesQuery(webhookId, status));
  const deliveries = found.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <Panel title={t("admin.hooks.deliveries")}>
      <Pills
        label={t("admin.hooks.filter")}
        value={status ?? "all"}
        choices={[
          ["all", t("admin.hooks.all")],
          ...DELIVERY_STATUSES.map((each) => [each, t(`admin.hooks.status.${each}`)] as const),
        ]}
        onChange={(next) =>
          void navigate({
            to: "/settings/webhooks/$webhookId",
            params: { webhookId },
            search: next === "all" ? {} : { status: next },
          })
        }
      />
      <QueryState query={found} height="160px" />
      {found.data && deliveries.length === 0 && (
        <p className={styles.none}>
          {status ? t("admin.hooks.deliveriesNoneLike") : t("admin.hooks.deliveriesNone")}
        </p>
      )}
      {deliveries.length > 0 && (
        <Rows label={t("admin.hooks.deliveries")}>
          {deliveries.map((delivery) => (
            <DeliveryRow
              key={delivery.id}
              webhookId={webhookId}
              delivery={delivery}
              onOpen={() => setOpen(delivery.id)}
            />
          ))}
        </Rows>
      )}
      <MoreButton query={found} />
      {open && (
        <Suspense>
          <DeliveryDialog webhookId={webhookId} deliveryId={open} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </Panel>
  );
}

interface RowProps {
  webhookId: string;
  delivery: Delivery;
  onOpen: () => void;
}

function DeliveryRow({ webhookId, delivery, onOpen }: RowProps) {
  const { t } = useTranslation();
  const { status, attempts, log } = delivery;
  const last = log.at(-1);
  return (
    <Row opens>
      <div className={styles.delivery}>
        <div className={styles.what}>
          <button type="button" className={styles.type} onClick={onOpen}>
            {delivery.type}
          </button>
          <RowFacts>
            <span title={dateTime(delivery.created_at)}>{relative(delivery.created_at)}</span>
            <span>{t("admin.hooks.attempts", { count: attempts })}</span>
            {last && <Outcome attempt={last} />}
            {status === "pending" && attempts > 0 && (
              <span>{t("admin.hooks.next", { when: relative(delivery.not_before) })}</span>
            )}
          </RowFacts>
        </div>
        <Badge tone={DELIVERY_TONES[status]}>{t(`admin.hooks.status.${status}`)}</Badge>
        {status !== "pending" && <Replay webhookId={webhookId} delivery={delivery} />}
      </div>
    </Row>
  );
}

function Replay({ webhookId, delivery }: { webhookId: string; delivery: Delivery }) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  const replay = useMutation({
    mutationFn: async () => {
      const path = { webhook_id: webhookId, delivery_id: delivery.id };
      held(
        await api.POST("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", {
          params: { path },
        }),
      );
    },
    onSuccess: async () => {
      say(t("admin.hooks.replayed"));
      await queryClient.invalidateQueries(webhookQuery(webhookId));
    },
    onError: (error) => say(error.message),
  });
  return (
    <Button
      size="small"
      className={styles.replay}
      icon={<RotateCcw size={16} aria-hidden />}
      busy={replay.isPending}
      onClick={() => replay.mutate()}
    >
      {t("admin.hooks.replay")}
    </Button>
  );
}

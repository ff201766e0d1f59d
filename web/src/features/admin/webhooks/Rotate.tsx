import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, held } from "@/api/client";
import type { Webhook } from "@/api/types";
import { Confirm } from "@/components/Dialog";
import { Select } from "@/components/Field";
import { FailureLine } from "@/components/Notice";

import { webhooksQuery } from "./queries";
import styles from "./Webhooks.module.css";

const SECONDS: Readonly<Record<string, number>> = {
  none: 0,
  hour: 3600,
  day: 86_400,
  week: 604_800,
};

interface Props {
  hook: Webhook;
  onClose: () => void;
  onMade: (secret: string) => void;
}

/** Asks before a new secret takes the place of the present one. */
export default function Rotate({ hook, onClose, onMade }: Props) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [overlap, setOverlap] = useState("day");
  const rotate = useMutation({
    mutationFn: async () => {
      const path = { webhook_id: hook.id };
      const body = { overlap: SECONDS[overlap] ?? null };
      return held(
        await api.POST("/v1/webhooks/{webhook_id}/rotate-secret", { params: { path }, body }),
      );
    },
    onSuccess: ({ secret }) => {
      onMade(secret);
      return queryClient.invalidateQueries(webhooksQuery);
    },
  });
  return (
    <Confirm
      open
      onClose={onClose}
      onConfirm={() => rotate.mutate()}
      title={t("admin.hooks.rotateTitle")}
      confirm={t("admin.hooks.rotate")}
      busy={rotate.isPending}
    >
      <div className={styles.fields}>
        <p>{t("admin.hooks.rotateText")}</p>
        <Select
          label={t("admin.hooks.overlapFor")}
          value={overlap}
          onChange={(event) => setOverlap(event.target.value)}
          choices={{
            none: t("admin.hooks.overlapChoice.none"),
            hour: t("admin.hooks.overlapChoice.hour"),
            day: t("admin.hooks.overlapChoice.day"),
            week: t("admin.hooks.overlapChoice.week"),
          }}
        />
        <FailureLine error={rotate.error} />
      </div>
    </Confirm>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarClock } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { useToast } from "@/components/toast";

import { retentionQuery } from "./queries";

/** A purge that would take unusually much waits for somebody who looks at the clock. */
export function PurgeWaits() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const found = useQuery(retentionQuery);
  const purge = usePurge(() => setAsking(false));
  const waiting = found.data?.waiting;
  if (!waiting) return null;
  return (
    <Notice
      icon={<CalendarClock aria-hidden />}
      title={t("admin.system.purgeWaits")}
      actions={
        <Button look="danger" onClick={() => setAsking(true)}>
          {t("admin.system.purgeNow")}
        </Button>
      }
    >
      <p>{waiting.reason}</p>
      <Confirm
        open={asking}
        title={t("admin.system.purgeNow")}
        confirm={t("admin.system.purgeNow")}
        danger
        busy={purge.isPending}
        onConfirm={() => purge.mutate()}
        onClose={() => setAsking(false)}
      >
        {t("admin.system.purgeText")}
      </Confirm>
    </Notice>
  );
}

function usePurge(onEnd: () => void) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await api.POST("/v1/retention/purge", { body: { confirmed: true } });
    },
    onSuccess: async () => {
      say(t("admin.system.purgeStarted"));
      await queryClient.invalidateQueries(retentionQuery);
    },
    onError: (error) => say(error.message),
    onSettled: onEnd,
  });
}

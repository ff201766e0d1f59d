import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";

import { may } from "@/api/queries";
import type { JobKind } from "@/api/types";
import { Button } from "@/components/Button";
import { useMe } from "@/components/me";
import { useToast } from "@/components/toast";

import { useRetryAll } from "./queries";

interface Props {
  kind?: JobKind | undefined;
  /** Only what belongs to this job, which is called so. */
  batch?: string;
  name?: string;
}

/** One click after an outage: all that failed, of a kind or a batch, is queued again. */
export function RetryAll({ kind, batch, name }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const me = useMe();
  const retry = useRetryAll();
  if (!may(me, "editor")) return null;
  return (
    <Button
      size="small"
      icon={<RotateCcw size={16} aria-hidden />}
      busy={retry.isPending}
      aria-label={name && t("jobs.tryAgainOf", { name })}
      onClick={() =>
        retry.mutate(
          { ...(kind && { kind }), ...(batch && { batch_id: batch }) },
          {
            onSuccess: (count) => say(t("jobs.retriedAll", { count })),
            onError: (error) => say(error.message),
          },
        )
      }
    >
      {batch ? t("jobs.tryAgain") : t("jobs.retryAll")}
    </Button>
  );
}

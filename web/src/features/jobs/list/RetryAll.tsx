import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";

import { may } from "@/api/queries";
import { Button } from "@/components/Button";
import { useMe } from "@/components/me";
import { useToast } from "@/components/toast";

import type { JobsParams } from "../shared/params";
import { useRetryAll } from "../shared/queries";

/** One click after an outage: all that failed, of the kind that is shown, is queued again. */
export function RetryAll({ kind }: { kind: JobsParams["kind"] }) {
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
      onClick={() =>
        retry.mutate(kind, {
          onSuccess: (count) => say(t("jobs.retriedAll", { count })),
          onError: (error) => say(error.message),
        })
      }
    >
      {t("jobs.retryAll")}
    </Button>
  );
}

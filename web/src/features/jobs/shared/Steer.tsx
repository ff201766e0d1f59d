import { RotateCcw, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { hasEnded } from "@/api/jobs";
import { may } from "@/api/queries";
import type { Job } from "@/api/types";
import { Button } from "@/components/Button";
import { useMe } from "@/components/me";
import { useToast } from "@/components/toast";

import { useSteer } from "./queries";

interface Props {
  job: Job;
  size?: "small" | "normal";
  /** What it is called, where several stand on one page. */
  name?: string;
}

/** What can be done with a job: cancel one that has not ended, try one that failed again. */
export function Steer({ job, size = "normal", name }: Props) {
  const { t } = useTranslation();
  const say = useToast();
  const me = useMe();
  const cancel = useSteer("cancel");
  const retry = useSteer("retry");
  if (!may(me, "editor")) return null;
  const failed = (error: Error) => say(error.message);
  if (!hasEnded(job)) {
    return (
      <Button
        size={size}
        icon={<X size={16} aria-hidden />}
        busy={cancel.isPending}
        disabled={cancel.isPending || job.cancel_asked_at !== null}
        onClick={() =>
          cancel.mutate(job.id, {
            onSuccess: (now) => say(hasEnded(now) ? t("jobs.cancelled") : t("jobs.cancelAsked")),
            onError: failed,
          })
        }
      >
        {t("jobs.cancel")}
      </Button>
    );
  }
  if (job.status === "succeeded") return null;
  return (
    <Button
      size={size}
      icon={<RotateCcw size={16} aria-hidden />}
      busy={retry.isPending}
      aria-label={name && t("jobs.tryAgainOf", { name })}
      onClick={() =>
        retry.mutate(job.id, { onSuccess: () => say(t("jobs.retried")), onError: failed })
      }
    >
      {t("jobs.tryAgain")}
    </Button>
  );
}

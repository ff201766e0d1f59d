import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { History, Pause, Pencil, Play, RefreshCw, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import type { Source } from "@/api/types";
import { Badge } from "@/components/Badge";
import { Button, IconButton } from "@/components/Button";
import { Row, RowFacts } from "@/components/Rows";
import { useToast } from "@/components/toast";
import { count, relative } from "@/texts/format";

import { PullTold } from "./PullTold";
import { sourcesQuery } from "./queries";
import styles from "./Sources.module.css";
import { placeOf } from "./words";

export type Deed = "edit" | "pulls" | "remove";

interface Props {
  source: Source;
  onDo: (deed: Deed) => void;
}

/** One source: where from, when next, how the newest pull went, and what one may do. */
export function SourceRow({ source, onDo }: Props) {
  const { t } = useTranslation();
  const pull = usePull(source);
  const pause = usePause(source);
  const { name, last } = source;
  const busy = last?.state === "queued" || last?.state === "running";
  return (
    <Row>
      <div className={styles.source}>
        <div className={styles.what}>
          <p className={styles.name}>
            {name} {source.paused && <Badge tone="warning">{t("admin.sources.paused")}</Badge>}
          </p>
          <RowFacts>
            <span>{placeOf(source)}</span>
            <span>{when(source, t)}</span>
          </RowFacts>
          {last && <PullTold pull={last} />}
          {last?.state === "held" && (
            <Button busy={pull.isPending} onClick={() => pull.mutate(last.missing)}>
              {t("admin.sources.confirm", { shown: count(last.missing) })}
            </Button>
          )}
        </div>
        <div className={styles.actions}>
          <IconButton
            label={t("admin.sources.pullNow", { name })}
            disabled={busy || pull.isPending}
            onClick={() => pull.mutate(0)}
          >
            <RefreshCw size={18} aria-hidden />
          </IconButton>
          <IconButton label={t("admin.sources.pullsOf", { name })} onClick={() => onDo("pulls")}>
            <History size={18} aria-hidden />
          </IconButton>
          <IconButton
            label={t(source.paused ? "admin.sources.resume" : "admin.sources.pause", { name })}
            onClick={() => pause.mutate()}
          >
            {source.paused ? <Play size={18} aria-hidden /> : <Pause size={18} aria-hidden />}
          </IconButton>
          <IconButton label={t("admin.sources.edit", { name })} onClick={() => onDo("edit")}>
            <Pencil size={18} aria-hidden />
          </IconButton>
          <IconButton label={t("admin.sources.remove", { name })} onClick={() => onDo("remove")}>
            <Trash2 size={18} aria-hidden />
          </IconButton>
        </div>
      </div>
    </Row>
  );
}

function when(source: Source, t: TFunction): string {
  if (source.next_at === null || source.paused) return t("admin.sources.byHand");
  return t("admin.sources.next", { when: relative(source.next_at) });
}

function usePull({ id }: Source) {
  const queryClient = useQueryClient();
  const say = useToast();
  return useMutation({
    mutationFn: async (confirmed: number) => {
      const params = { path: { source_id: id } };
      await api.POST("/v1/sources/{source_id}/pull", { params, body: { confirmed } });
    },
    onSuccess: () => queryClient.invalidateQueries(sourcesQuery),
    onError: (error) => say(error.message),
  });
}

function usePause({ id, paused }: Source) {
  const queryClient = useQueryClient();
  const say = useToast();
  return useMutation({
    mutationFn: async () => {
      const params = { path: { source_id: id } };
      await api.PATCH("/v1/sources/{source_id}", { params, body: { paused: !paused } });
    },
    onSuccess: () => queryClient.invalidateQueries(sourcesQuery),
    onError: (error) => say(error.message),
  });
}

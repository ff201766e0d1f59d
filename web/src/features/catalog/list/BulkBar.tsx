import { useMutation } from "@tanstack/react-query";
import { PencilLine, RefreshCw, Trash2, Undo2, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import type { BulkAction, BulkOutcome } from "@/api/types";
import { bottomBar } from "@/components/bottomBar";
import { Button, IconButton } from "@/components/Button";
import { useToast } from "@/components/toast";
import { count } from "@/texts/format";

import styles from "./BulkBar.module.css";
import { useRefresh } from "../shared/queries";
import { doToAll } from "./actions";

const SetDialog = lazy(() => import("./SetDialog"));

interface Props {
  ids: readonly string[];
  /** How many products are in the list so far. */
  shown: number;
  trash: boolean;
  onAll: (on: boolean) => void;
}

/** What can be done with the chosen products. */
export default function BulkBar({ ids, shown, trash, onAll }: Props) {
  const { t } = useTranslation();
  const [setting, setSetting] = useState(false);
  const { run, done } = useBulk();
  const start = (ask: BulkAction) =>
    run.mutate({ ids, ask }, { onSuccess: () => ask.action !== "index" && setSetting(false) });
  const busy = run.isPending;
  return (
    <div ref={bottomBar} className={styles.bar} role="region" aria-label={t("catalog.selection")}>
      <IconButton label={t("catalog.selectNone")} onClick={() => onAll(false)}>
        <X size={18} aria-hidden />
      </IconButton>
      <p className={styles.count} role="status">
        {busy
          ? t("catalog.working", { done: count(done), total: count(ids.length) })
          : t("catalog.selected", { count: ids.length, shown: count(ids.length) })}
      </p>
      {ids.length < shown && (
        <Button size="small" look="quiet" disabled={busy} onClick={() => onAll(true)}>
          {t("catalog.selectShown", { shown: count(shown) })}
        </Button>
      )}
      <span className={styles.actions}>
        {trash ? (
          <Restore busy={busy} onStart={start} />
        ) : (
          <Change busy={busy} onStart={start} onSet={() => setSetting(true)} />
        )}
      </span>
      {setting && (
        <Suspense fallback={null}>
          <SetDialog
            count={ids.length}
            busy={busy}
            error={run.error}
            sent={run.variables?.ask.set ?? undefined}
            onClose={() => setSetting(false)}
            onSet={(set) => start({ action: "set", set })}
          />
        </Suspense>
      )}
    </div>
  );
}

interface ActionProps {
  busy: boolean;
  onStart: (action: BulkAction) => void;
}

function Restore({ busy, onStart }: ActionProps) {
  const { t } = useTranslation();
  return (
    <Button
      size="small"
      icon={<Undo2 size={16} aria-hidden />}
      disabled={busy}
      onClick={() => onStart({ action: "restore" })}
    >
      {t("common.restore")}
    </Button>
  );
}

function Change({ busy, onStart, onSet }: ActionProps & { onSet: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Button
        size="small"
        icon={<PencilLine size={16} aria-hidden />}
        disabled={busy}
        onClick={onSet}
      >
        {t("catalog.set")}
      </Button>
      <Button
        size="small"
        icon={<RefreshCw size={16} aria-hidden />}
        disabled={busy}
        onClick={() => onStart({ action: "index" })}
      >
        {t("catalog.reindex")}
      </Button>
      <Button
        size="small"
        look="danger"
        icon={<Trash2 size={16} aria-hidden />}
        disabled={busy}
        onClick={() => onStart({ action: "delete" })}
      >
        {t("common.delete")}
      </Button>
    </>
  );
}

function useBulk() {
  const { t } = useTranslation();
  const say = useToast();
  const refresh = useRefresh();
  const [done, setDone] = useState(0);
  const bring = useMutation({
    mutationFn: (ids: readonly string[]) => doToAll(ids, { action: "restore" }, () => undefined),
    onSuccess: async () => {
      say(t("catalog.restored"));
      await refresh();
    },
    onError: (error) => say(error.message),
  });
  const run = useMutation({
    mutationFn: ({ ids, ask }: { ids: readonly string[]; ask: BulkAction }) =>
      doToAll(ids, ask, setDone),
    onSuccess: async (outcomes, { ask }) => {
      const gone = outcomes.filter((one) => one.outcome === "deleted").map((one) => one.id);
      const undo = { label: t("catalog.undo"), onClick: () => bring.mutate(gone) };
      say(told(outcomes), ask.action === "delete" && gone.length > 0 ? undo : undefined);
      await refresh();
    },
    onError: (error) => say(error.message),
  });
  const told = (outcomes: readonly BulkOutcome[]) => {
    const refused = outcomes.filter((one) => one.outcome === "refused");
    const went = count(outcomes.length - refused.length);
    const first = refused[0];
    if (first === undefined) return t("catalog.bulkDone", { went });
    return t("catalog.bulkRefused", {
      went,
      refused: count(refused.length),
      reason: first.reason ?? first.code ?? "",
    });
  };
  return { run, done };
}

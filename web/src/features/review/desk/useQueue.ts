import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/api/problem";
import type { LeaseRequest, ReviewItem, ReviewOutcome } from "@/api/types";
import { useToast } from "@/components/toast";

import { answer, lease, prolong, showItem, undo } from "../shared/actions";
import { useLeases } from "../shared/leases";
import { leftAside } from "../shared/aside";
import { progressQuery } from "../shared/queries";
import { reasonOf } from "../shared/words";
import { changesOf, type Edits } from "./draft";
import {
  answered,
  dropped,
  edited,
  EMPTY,
  leased,
  lookedAt,
  lost,
  recalled,
  refused,
  renewed,
  seen,
  taken,
  type Queue,
} from "./queue";

/** So many items lie ready; with fewer than `FEW` more are fetched. */
const READY = 5;
const FEW = 3;

export type Asked = Omit<LeaseRequest, "count">;

/** The desk's items: fetched ahead, answered without waiting, and taken back. */
export function useQueue(asked: Asked) {
  const { queue, latest, change } = useLatest(EMPTY);
  const fetching = useFetching(asked, queue, change);
  const sending = useSending(latest, change);
  useLeases({
    items: queue.held.map(({ item }) => item),
    seconds: fetching.seconds,
    onItem: (item) => change((now) => renewed(now, item)),
    onLost: (id, error) => change((now) => lost(now, id, reasonOf(error))),
  });
  return {
    queue,
    error: fetching.error,
    isFetching: fetching.isFetching,
    fetchMore: fetching.fetchMore,
    edit: (edits: Edits) => change((now) => edited(now, edits)),
    see: useCallback(
      (itemId: string, imageId: string) => change((now) => seen(now, itemId, imageId)),
      [change],
    ),
    ...sending,
  };
}

type Latest = { readonly current: Queue };
type Change = (next: (now: Queue) => Queue) => void;

/** State whose newest value is known at once, also to what was begun earlier. */
function useLatest(first: Queue) {
  const [queue, setQueue] = useState(first);
  const latest = useRef(first);
  const change = useCallback<Change>((next) => {
    latest.current = next(latest.current);
    setQueue(latest.current);
  }, []);
  return { queue, latest, change };
}

/** Fetches items while few are left, until there are no more. */
function useFetching(asked: Asked, queue: Queue, change: Change) {
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () => lease({ ...asked, count: READY }),
    onSuccess: ({ items, open }) => change((now) => leased(now, items, open)),
  });
  const isWanted = queue.held.length < FEW && !queue.isDry && error === null && !isPending;
  useEffect(() => {
    if (isWanted) mutate();
  }, [isWanted, mutate]);
  return { seconds: data?.lease_seconds ?? 0, error, isFetching: isPending, fetchMore: mutate };
}

/** Sends answers and takes them back, while the next item is seen already. */
function useSending(latest: Latest, change: Change) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  // Answers on their way, by item; null of one that was not taken.
  const out = useRef(new Map<string, Promise<string | null>>());
  const refuse = async (item: ReviewItem, error: unknown) => {
    const now = isOutdated(error) ? await showItem(item.id).catch(() => undefined) : undefined;
    const isOurs = latest.current.past.some((one) => one.item.id === item.id);
    const reason = reasonOf(error);
    if (isOurs) say(t("review.desk.comesBack", { title: item.product.title, reason }));
    change((queue) => refused(queue, item.id, reason, now));
    return null;
  };
  const send = (outcome: ReviewOutcome, seconds: number, comment?: string) => {
    const [first] = latest.current.held;
    if (!first || first.isComing) return;
    const { item, edits } = first;
    const changes = outcome === "correct" ? changesOf(item, edits.draft) : null;
    const decides = outcome === "accept" || outcome === "correct";
    const sent = answer(item.id, {
      ...{ version: item.version, outcome, seconds },
      ...(comment !== undefined && { comment }),
      ...(changes && { changes }),
      ...(decides && { looked: lookedAt(first, leftAside()) }),
    }).then(
      ({ answer_id }) => {
        change((now) => taken(now, item.id, answer_id));
        return answer_id;
      },
      (error: unknown) => refuse(item, error),
    );
    out.current.set(item.id, sent);
    change((now) => answered(now, outcome, seconds));
    void sent.then(() => queryClient.invalidateQueries({ queryKey: progressQuery.queryKey }));
  };
  const takeBack = async () => {
    const last = latest.current.past.at(-1);
    if (!last) return;
    change(recalled);
    try {
      const answerId = last.answerId ?? (await out.current.get(last.item.id)) ?? null;
      // What was refused needs no undoing.
      const item = answerId === null ? await prolong(last.item.id) : await undo(answerId);
      change((now) => renewed(now, item));
    } catch (error) {
      change((now) => dropped(now, last.item.id));
      say(t("review.desk.notUndone", { title: last.item.product.title, reason: reasonOf(error) }));
    }
    await queryClient.invalidateQueries({ queryKey: progressQuery.queryKey });
  };
  return { send, takeBack };
}

/** Whether something is no longer as the answer saw it. */
function isOutdated(error: unknown): boolean {
  return error instanceof Problem && (error.status === 409 || error.status === 412);
}

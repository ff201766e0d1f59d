import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { ReviewItem, ReviewRequests } from "@/api/types";
import { useToast } from "@/components/toast";

import { answerAll, lease, undo } from "../shared/actions";
import { useLeases } from "../shared/leases";
import { reasonOf } from "../shared/words";
import {
  accepted,
  dropped,
  EMPTY,
  laid,
  marked,
  markedAll,
  renewed,
  restored,
  settled,
  toggled,
  type Wall,
} from "./wall";

/** So many items hang on a wall. */
const FULL = 24;

export interface Group {
  facet: string;
  value: string;
}

/** A wall of items that one model gave the same label: fetched, marked, accepted, taken back. */
export function useWall(group: Group) {
  const [wall, setWall] = useState(EMPTY);
  const latest = useRef(wall);
  const change = useCallback((next: (now: Wall) => Wall) => {
    latest.current = next(latest.current);
    setWall(latest.current);
  }, []);
  const fetching = useFetching(group, wall, change);
  useLeases({
    items: wall.tiles.map(({ item }) => item),
    seconds: fetching.seconds,
    onItem: (item) => change((now) => renewed(now, item)),
    onLost: (id) => change((now) => dropped(now, id)),
  });
  return {
    wall,
    error: fetching.error,
    fetchMore: fetching.fetchMore,
    toggle: (itemId: string) => change((now) => toggled(now, itemId)),
    markAll: () => change(markedAll),
    ...useSending(group.facet, latest, change),
  };
}

type Change = (next: (now: Wall) => Wall) => void;

/** Fetches a wall's items, and the next wall's once all of it are answered. */
function useFetching({ facet, value }: Group, wall: Wall, change: Change) {
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () => lease({ count: FULL, alike: { facet, value } }),
    onSuccess: ({ items, open }) => change((now) => laid(now, items, open)),
  });
  const isWanted = wall.tiles.length === 0 && !wall.isDry && error === null && !isPending;
  useEffect(() => {
    if (isWanted) mutate();
  }, [isWanted, mutate]);
  return { seconds: data?.lease_seconds ?? 0, error, fetchMore: mutate };
}

function useSending(facet: string, latest: { readonly current: Wall }, change: Change) {
  const { t } = useTranslation();
  const say = useToast();
  const queryClient = useQueryClient();
  // Batches on their way: whoever takes one back waits for it first.
  const out = useRef(new Map<number, Promise<void>>());
  const since = useRef(0);
  useEffect(() => {
    since.current = performance.now();
  }, []);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["review"] });
  const send = async (id: number, items: readonly ReviewItem[]) => {
    const seconds = (performance.now() - since.current) / 1000 / items.length;
    since.current = performance.now();
    const answers = items.map((item) => answerOf(item, facet, seconds));
    const outcomes = await answerAll(answers).then(
      (told) =>
        told.map(({ item_id, answer_id, problem }) => ({
          ...{ itemId: item_id, answerId: answer_id, problem: problem?.detail ?? null },
        })),
      (error: unknown) =>
        items.map((item) => ({ itemId: item.id, answerId: null, problem: reasonOf(error) })),
    );
    change((now) => settled(now, id, outcomes));
    const count = outcomes.filter(({ problem }) => problem !== null).length;
    if (count > 0) say(t("review.grid.notTaken", { count }));
    await refresh();
  };
  const accept = () => {
    const items = marked(latest.current);
    if (items.length === 0) return;
    const id = out.current.size + 1;
    change((now) => accepted(now, id));
    out.current.set(id, send(id, items));
  };
  const takeBack = async () => {
    const last = latest.current.past.at(-1);
    if (!last) return;
    await out.current.get(last.id);
    const batch = latest.current.past.find(({ id }) => id === last.id);
    if (!batch?.answerIds) return; // refused as a whole, or taken back already
    try {
      const items = await Promise.all(batch.answerIds.map(undo));
      change((now) => restored(now, batch.id, items));
    } catch (error) {
      say(reasonOf(error));
    }
    await refresh();
  };
  return { accept, takeBack };
}

/** What is said of the item in the facet that the wall is about is right; nobody looked at more. */
function answerOf(
  { id, version }: ReviewItem,
  facet: string,
  seconds: number,
): ReviewRequests[number] {
  return {
    ...{ item_id: id, version, outcome: "accept", seconds: Math.round(100 * seconds) / 100 },
    looked: { facets: [facet], primary: false, boxes: false },
  };
}

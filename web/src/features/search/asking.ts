import { useQuery, type InfiniteData } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { imageUrl } from "@/api/client";
import type { Edges } from "@/components/BoxedPhoto";

import { whole, type Size } from "./shared/boxes";
import type { HitActions } from "./results/HitCard";
import { changed, type Change, type SearchParams } from "./shared/params";
import type { Picked } from "./query/photo";
import { itemsQuery, productQuery, type Hit, type Page } from "./shared/queries";

/** How far below the window's edge results begin after a change: below the bar. */
const BELOW_BAR = 76;

/**
 * Change the address of the search. Whoever refines from far down the list sees the new results
 * from their beginning, once they are there; nobody is moved otherwise.
 */
export function useChanges(isOld: boolean) {
  const navigate = useNavigate({ from: "/" });
  const results = useRef<HTMLElement>(null);
  const isRefined = useRef(false);
  const change = useCallback(
    (what: Change, replace = false) => {
      isRefined.current = true;
      void navigate({
        to: "/",
        search: (now) => changed(now, what),
        replace,
        resetScroll: false,
      });
    },
    [navigate],
  );
  useEffect(() => {
    if (isOld || !isRefined.current) return;
    isRefined.current = false;
    const top = results.current?.getBoundingClientRect().top ?? 0;
    if (top < 0) window.scrollBy({ top: top - BELOW_BAR });
  });
  return { change, results };
}

/** What can be done with a hit; always the same functions, so that cards need not draw anew. */
export function useActions(onWhy: (hit: Hit | null) => void, focusWords: () => void): HitActions {
  const navigate = useNavigate();
  const told = useRef({ onWhy, focusWords });
  useEffect(() => {
    told.current = { onWhy, focusWords };
  });
  return useMemo(() => {
    const like = async (hit: Hit) => {
      told.current.onWhy(null);
      await navigate({ to: "/", search: { product: hit.product.id } });
    };
    return {
      onLike: (hit) => void like(hit),
      onBut: (hit) => {
        void like(hit).then(() => {
          told.current.focusWords();
        });
      },
      onWhy: (hit) => {
        told.current.onWhy(hit);
      },
    };
  }, [navigate]);
}

/** All pages as one list, and what can be said of them together. */
export function useFound(data: InfiniteData<Page> | undefined) {
  return useMemo(() => {
    const first = data?.pages[0];
    const seen = new Map<string, Hit>();
    for (const hit of data?.pages.flatMap((page) => page.hits) ?? []) {
      // A product added meanwhile may push another onto two pages.
      if (!seen.has(hit.product.id)) seen.set(hit.product.id, hit);
    }
    const hits = [...seen.values()];
    const all = [...hits, ...(first?.groups.flatMap((group) => group.hits) ?? [])];
    const currencies = new Set(
      all.flatMap(({ product }) => (product.price ? product.currency : [])),
    );
    return {
      first,
      hits,
      /** Of all prices; empty where there are several. */
      currency: currencies.size === 1 ? ([...currencies][0] ?? "") : "",
      hasLevels: all.some((hit) => hit.level != null),
    };
  }, [data]);
}

export type Found = ReturnType<typeof useFound>;

/** The picture that is searched with, and the part of it that is meant. */
export interface AskedView {
  url: string;
  size: Size;
  box: Edges;
}

/** What was searched with, to be shown beside what was found; null where it was words only. */
export function useAskedView(params: SearchParams, picked: Picked | null): AskedView | null {
  const items = useQuery({
    ...itemsQuery(params.upload ?? ""),
    enabled: params.upload !== undefined,
  });
  const product = useQuery({
    ...productQuery(params.product ?? ""),
    enabled: params.product !== undefined,
  });
  if (params.upload && items.data) {
    const size = items.data;
    const chosen = items.data.items.find((item) => item.item === (params.item ?? 1));
    const one = params.item !== undefined || items.data.items.length === 1;
    const url = picked?.upload === params.upload ? picked.url : imageUrl(params.upload);
    return { url, size, box: params.box ?? (one && chosen ? chosen.box : whole(size)) };
  }
  const image = params.product ? product.data?.images[0] : undefined;
  if (!image) return null;
  return { url: `${imageUrl(image.id)}/thumbnail?size=1080`, size: image, box: whole(image) };
}

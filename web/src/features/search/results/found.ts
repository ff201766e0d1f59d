import type { InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Hit, Page } from "../shared/queries";

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
      /** Those above the line, and those below it. */
      matching: hits.filter((hit) => hit.matches),
      lessAlike: hits.filter((hit) => !hit.matches),
      /** Of all prices; empty where there are several. */
      currency: currencies.size === 1 ? ([...currencies][0] ?? "") : "",
      hasLevels: all.some((hit) => hit.level != null),
    };
  }, [data]);
}

export type Found = ReturnType<typeof useFound>;

import { useEffect, useRef } from "react";

import { Problem } from "@/api/problem";
import type { ReviewItem } from "@/api/types";

import { prolong, release } from "./actions";

interface Leases {
  items: readonly ReviewItem[];
  /** How long a lease lasts; 0 while that is not known. */
  seconds: number;
  /** Told of an item as it is now, with its longer lease. */
  onItem: (item: ReviewItem) => void;
  /** Told that an item is not ours any more. */
  onLost: (itemId: string, error: unknown) => void;
}

/** Holds items while the page is looked at, and gives them back when it is left. */
export function useLeases(leases: Leases): void {
  const told = useRef(leases);
  useEffect(() => {
    told.current = leases;
  });
  const { seconds } = leases;
  useEffect(() => {
    const hold = () => {
      if (document.visibilityState === "visible") holdAll(told.current);
    };
    const timer = seconds > 0 ? window.setInterval(hold, (1000 * seconds) / 3) : 0;
    document.addEventListener("visibilitychange", hold);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", hold);
    };
  }, [seconds]);
  useEffect(() => {
    const leave = () => {
      for (const { id } of told.current.items) void release(id).catch(() => undefined); // runs out
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
}

function holdAll({ items, onItem, onLost }: Leases): void {
  for (const { id } of items) {
    prolong(id).then(onItem, (error: unknown) => {
      if (error instanceof Problem && error.status < 500) onLost(id, error);
    });
  }
}

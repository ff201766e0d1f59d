import { isId } from "@/api/ids";
import type { DoubtKind } from "@/api/types";

/** What the address of the desk says: which items it gets. */
export interface DeskParams {
  facet?: string;
  doubt?: DoubtKind;
  category?: string;
  /** One product and no other. */
  product?: string;
  /** What somebody flagged, in place of what is open. */
  flagged?: true;
}

export const DOUBTS = [
  "label_margin",
  "primary_margin",
  "detector_score",
  "disagreement",
] as const satisfies readonly DoubtKind[];

/** What of it we understand; the rest is left out. */
export function deskParams(given: Record<string, unknown>): DeskParams {
  const doubt = DOUBTS.find((kind) => kind === given.doubt);
  const texts = (["facet", "category"] as const).flatMap((name) => {
    const text = given[name];
    return typeof text === "string" && text !== "" ? [[name, text] as const] : [];
  });
  return {
    ...Object.fromEntries(texts),
    ...(doubt && { doubt }),
    ...(isId(given.product) && { product: given.product }),
    ...(given.flagged === true && { flagged: true as const }),
  };
}

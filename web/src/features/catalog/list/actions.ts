import { api, held } from "@/api/client";
import type { BulkAction, BulkOutcome } from "@/api/types";

/** Products of one request: fewer than the server takes, so that one sees it move. */
const TOGETHER = 200;

/** Do one thing to many products; what became of each. */
export async function doToAll(
  ids: readonly string[],
  ask: BulkAction,
  onProgress: (done: number) => void,
): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for (let start = 0; start < ids.length; start += TOGETHER) {
    onProgress(start);
    const body = { ...ask, ids: ids.slice(start, start + TOGETHER) };
    outcomes.push(...held(await api.POST("/v1/products/bulk", { body })).outcomes);
  }
  return outcomes;
}

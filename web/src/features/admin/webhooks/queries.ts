import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import type { DeliveryStatus } from "@/api/types";

export const webhooksQuery = queryOptions({
  queryKey: ["webhooks"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/webhooks", { signal })).webhooks,
});

export function webhookQuery(id: string) {
  return queryOptions({
    queryKey: ["webhooks", id],
    queryFn: async ({ signal }) => {
      const path = { webhook_id: id };
      return held(await api.GET("/v1/webhooks/{webhook_id}", { params: { path }, signal }));
    },
  });
}

/** What was sent and what waits; looked at again and again while something waits. */
export function deliveriesQuery(id: string, status: DeliveryStatus | undefined) {
  return infiniteQueryOptions({
    queryKey: ["webhooks", id, "deliveries", status ?? "all"],
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: 50,
        ...(status && { status }),
        ...(pageParam && { cursor: pageParam }),
      };
      return held(
        await api.GET("/v1/webhooks/{webhook_id}/deliveries", {
          params: { path: { webhook_id: id }, query },
          signal,
        }),
      );
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 3_000,
  });
}

export function deliveryQuery(webhookId: string, deliveryId: string) {
  return queryOptions({
    queryKey: ["webhooks", webhookId, "delivery", deliveryId],
    queryFn: async ({ signal }) => {
      const path = { webhook_id: webhookId, delivery_id: deliveryId };
      return held(
        await api.GET("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}", {
          params: { path },
          signal,
        }),
      );
    },
  });
}

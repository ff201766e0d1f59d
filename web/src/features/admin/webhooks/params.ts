import type { DeliveryStatus } from "@/api/types";

import { DELIVERY_STATUSES } from "./words";

/** What the address of a webhook's page says. */
export interface WebhookParams {
  status?: DeliveryStatus;
}

/** What of it we understand; the rest is left out. */
export function webhookParams(given: Record<string, unknown>): WebhookParams {
  const status = DELIVERY_STATUSES.find((each) => each === given.status);
  return status ? { status } : {};
}

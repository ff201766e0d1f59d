import type { DeliveryStatus, WebhookEvent } from "@/api/types";
import type { Tone } from "@/components/Badge";

/** Each event by the name of its text. */
export const EVENTS = {
  "product.indexed": "productIndexed",
  "product.updated": "productUpdated",
  "product.deleted": "productDeleted",
  "job.failed": "jobFailed",
  "review.submitted": "reviewSubmitted",
  "source.pulled": "sourcePulled",
  "model.promoted": "modelPromoted",
  "model.rolled_back": "modelRolledBack",
} as const satisfies Record<WebhookEvent, string>;

export const EVENT_NAMES: readonly WebhookEvent[] = [
  "product.indexed",
  "product.updated",
  "product.deleted",
  "job.failed",
  "review.submitted",
  "source.pulled",
  "model.promoted",
  "model.rolled_back",
];

export const DELIVERY_STATUSES: readonly DeliveryStatus[] = ["pending", "delivered", "given_up"];

export const DELIVERY_TONES: Readonly<Record<DeliveryStatus, Tone>> = {
  pending: "accent",
  delivered: "success",
  given_up: "danger",
};

/** What a list of words holds of the events there are. */
export function eventsOf(words: readonly string[]): WebhookEvent[] {
  return EVENT_NAMES.filter((event) => words.includes(event));
}

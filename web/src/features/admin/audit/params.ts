/** What the address of the audit log says. */
export interface AuditParams {
  action?: Topic;
  outcome?: "done" | "refused";
  actor?: string;
  target?: string;
  address?: string;
}

/** What acts are about: the part of their names before the dot. */
export const TOPICS = [
  "sign_in",
  "user",
  "key",
  "publishable_key",
  "source",
  "webhook",
  "product",
  "image",
  "review",
  "preferences",
  "synonym",
  "rule",
  "import",
  "job",
  "training",
  "snapshot",
  "model",
  "collection",
  "purge",
  "reconcile",
  "backup",
  "audit",
] as const;
export type Topic = (typeof TOPICS)[number];

/** What of it we understand; the rest is left out. */
export function auditParams(given: Record<string, unknown>): AuditParams {
  const action = TOPICS.find((each) => each === given.action);
  const outcome = (["done", "refused"] as const).find((each) => each === given.outcome);
  const texts = (["actor", "target", "address"] as const).flatMap((name) => {
    const text = given[name];
    return typeof text === "string" && text !== "" ? [[name, text] as const] : [];
  });
  return { ...(action && { action }), ...(outcome && { outcome }), ...Object.fromEntries(texts) };
}

/** Where the file of what is shown comes from. */
export function exportHref(params: AuditParams, format: "csv" | "jsonl"): string {
  return `/v1/audit/export?${new URLSearchParams({ ...params, format }).toString()}`;
}

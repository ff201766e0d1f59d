import type { Scope } from "@/api/types";

/** Each scope by the name of its text, as i18next splits names at colons. */
export const SCOPES = {
  "catalog:read": "catalogRead",
  "catalog:write": "catalogWrite",
  search: "search",
  jobs: "jobs",
  review: "review",
  admin: "admin",
} as const satisfies Record<Scope, string>;

export const SCOPE_NAMES: readonly Scope[] = [
  "catalog:read",
  "catalog:write",
  "search",
  "jobs",
  "review",
  "admin",
];

/** How many days a new key lasts; null for ever. */
export const LASTING = { d30: 30, d90: 90, d365: 365, never: null } as const;
export type Lasting = keyof typeof LASTING;

export function isLasting(name: string): name is Lasting {
  return Object.hasOwn(LASTING, name);
}

/** The moment at which a key made now ends. */
export function endOf(lasting: Lasting, now: number): string | null {
  const days = LASTING[lasting];
  return days === null ? null : new Date(now + days * 86_400_000).toISOString();
}

/** What a list of words holds of the scopes there are. */
export function scopesOf(words: readonly string[]): Scope[] {
  return SCOPE_NAMES.filter((scope) => words.includes(scope));
}

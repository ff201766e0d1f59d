import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";
import type { Rule, RuleRequest } from "@/api/types";

export const ACTIONS = ["pin", "boost", "bury", "hide"] as const;

export const rulesQuery = queryOptions({
  queryKey: ["merchandising"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/merchandising", { signal })).rules,
});

export async function add(body: RuleRequest): Promise<Rule> {
  return held(await api.POST("/v1/merchandising", { body }));
}

export async function change(rule: Rule, body: RuleRequest): Promise<Rule> {
  const params = { path: { rule_id: rule.id } };
  return held(await api.PUT("/v1/merchandising/{rule_id}", { params, body }));
}

/** The rule as it is, but live, or no longer. */
export async function turn(rule: Rule, live: boolean): Promise<Rule> {
  const { id: _id, changed_at: _at, ...asked } = rule;
  return change(rule, { ...asked, live });
}

export async function remove(id: string): Promise<void> {
  await api.DELETE("/v1/merchandising/{rule_id}", { params: { path: { rule_id: id } } });
}

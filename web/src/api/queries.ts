import { QueryClient, queryOptions } from "@tanstack/react-query";

import type { Me, Role } from "./types";

import { api, held } from "./client";
import { Offline, Problem } from "./problem";
import { csrfToken } from "./session";

/** What people may be, the least allowed first. */
export const ROLES: readonly Role[] = ["viewer", "editor", "reviewer", "admin"];

/** By role the roles whose rights it has: who reviews does not edit, nor the other way round. */
const COVERS: Record<Role, readonly Role[]> = {
  viewer: ["viewer"],
  editor: ["viewer", "editor"],
  reviewer: ["viewer", "reviewer"],
  admin: ROLES,
};

/** Whether somebody may do what the role `needed` may. */
export function may(me: Me, needed: Role): boolean {
  return COVERS[me.role].includes(needed);
}

/** The account that is signed in; null for nobody. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me | null> => {
    // Without this cookie there is no sign-in, and nothing to ask.
    if (csrfToken(document.cookie) === "") return null;
    try {
      return held(await api.GET("/v1/auth/me"));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** The cache of what the server said. A refusal is not asked again; a server that is away is. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // A server nearby is there without the internet too: asking tells, the browser does not know.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        staleTime: 15_000,
        retry: (count, error) => count < 2 && (isAway(error) || isBusy(error)),
        refetchOnWindowFocus: false,
      },
    },
  });
}

function isAway(error: unknown): boolean {
  return error instanceof Offline;
}

function isBusy(error: unknown): boolean {
  return error instanceof Problem && error.status === 503;
}

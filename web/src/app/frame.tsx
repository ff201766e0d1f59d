/** What all pages hang on: who is signed in, the frame around them, and who may see what. */
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, Outlet, redirect } from "@tanstack/react-router";

import { fieldsQuery } from "@/api/fields";
import { Problem } from "@/api/problem";
import { may, meQuery } from "@/api/queries";
import type { Me, Role } from "@/api/types";
import { SignIn } from "@/features/auth";

import { MissingPage } from "./ErrorPage";
import { Shell } from "./Shell";

interface Context {
  queryClient: QueryClient;
}

export const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: MissingPage,
});

/** Who is signed in, asked once. */
function whoIs(queryClient: QueryClient): Promise<Me | null> {
  return queryClient.query({ ...meQuery, staleTime: "static" });
}

interface SignInParams {
  next?: string;
  expired?: boolean;
  /** Why the sign-in provider let nobody in: the code of a problem. */
  problem?: string;
}

export const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (given: Record<string, unknown>): SignInParams => ({
    // Only a path of ours may be gone to next, never another site.
    ...(typeof given.next === "string" && /^\/(?![/\\])/.test(given.next)
      ? { next: given.next }
      : {}),
    ...(given.expired === true ? { expired: true } : {}),
    ...(typeof given.problem === "string" ? { problem: given.problem } : {}),
  }),
  beforeLoad: async ({ context, search }) => {
    if (await whoIs(context.queryClient)) throw redirect({ href: search.next ?? "/" });
  },
  component: SignIn,
});

export const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ context, location }): Promise<{ me: Me }> => {
    const me = await whoIs(context.queryClient);
    if (me === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
    await context.queryClient.query({ ...fieldsQuery, staleTime: "static" });
    return { me };
  },
  component: Shell,
});

/** Refuse a page to roles below `needed`; what is shown in its place says so. */
export function needs(needed: Role) {
  return ({ context }: { context: { me: Me } }) => {
    if (!may(context.me, needed)) throw new Problem(403, "role_too_weak", `Needs ${needed}.`);
  };
}

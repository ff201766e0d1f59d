import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from "@tanstack/react-router";

import { fieldsQuery } from "@/api/fields";
import { Problem } from "@/api/problem";
import { may, meQuery } from "@/api/queries";
import type { Me, Role } from "@/api/types";
import { Account } from "@/features/account";
import {
  Analytics,
  analyticsParams,
  Audit,
  auditParams,
  Merchandising,
  Models,
  modelsParams,
  ShopKeys,
  Synonyms,
  Sources,
  System,
  Users,
  Webhook,
  webhookParams,
  Webhooks,
} from "@/features/admin";
import { SignIn } from "@/features/auth";
import {
  Add,
  Catalogue,
  catalogueParams,
  Import,
  importParams,
  Product,
  productParams,
  Words,
} from "@/features/catalog";
import { Job, Jobs, jobsParams } from "@/features/jobs";
import { Alike, Desk, deskParams, gridParams, Quality, qualityParams } from "@/features/review";
import { Search, searchParams } from "@/features/search";

import { ErrorPage, MissingPage } from "./ErrorPage";
import { Pending } from "./Pending";
import { Shell } from "./Shell";

interface Context {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
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

const signIn = createRoute({
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

const shell = createRoute({
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
function needs(needed: Role) {
  return ({ context }: { context: { me: Me } }) => {
    if (!may(context.me, needed)) throw new Problem(403, "role_too_weak", `Needs ${needed}.`);
  };
}

const search = createRoute({
  getParentRoute: () => shell,
  path: "/",
  validateSearch: searchParams,
  component: Search,
});
const product = createRoute({
  getParentRoute: () => shell,
  path: "/products/$productId",
  validateSearch: productParams,
  component: Product,
});
const catalogue = createRoute({
  getParentRoute: () => shell,
  path: "/catalogue",
  validateSearch: catalogueParams,
  component: Catalogue,
});
const add = createRoute({
  getParentRoute: () => shell,
  path: "/add",
  beforeLoad: needs("editor"),
  component: Add,
});
const importing = createRoute({
  getParentRoute: () => shell,
  path: "/import",
  validateSearch: importParams,
  beforeLoad: needs("editor"),
  component: Import,
});
const words = createRoute({
  getParentRoute: () => shell,
  path: "/words",
  component: Words,
});
const synonyms = createRoute({
  getParentRoute: () => shell,
  path: "/synonyms",
  beforeLoad: needs("editor"),
  component: Synonyms,
});
const merchandising = createRoute({
  getParentRoute: () => shell,
  path: "/merchandising",
  beforeLoad: needs("editor"),
  component: Merchandising,
});
const jobs = createRoute({
  getParentRoute: () => shell,
  path: "/jobs",
  validateSearch: jobsParams,
  component: Jobs,
});
const job = createRoute({
  getParentRoute: () => shell,
  path: "/jobs/$jobId",
  component: Job,
});
const review = createRoute({
  getParentRoute: () => shell,
  path: "/review",
  validateSearch: deskParams,
  beforeLoad: needs("reviewer"),
  component: Desk,
});
const alike = createRoute({
  getParentRoute: () => shell,
  path: "/review/grid",
  validateSearch: gridParams,
  beforeLoad: needs("reviewer"),
  component: Alike,
});
const quality = createRoute({
  getParentRoute: () => shell,
  path: "/review/quality",
  validateSearch: qualityParams,
  beforeLoad: needs("reviewer"),
  component: Quality,
});
const account = createRoute({
  getParentRoute: () => shell,
  path: "/account",
  component: Account,
});
const users = createRoute({
  getParentRoute: () => shell,
  path: "/admin/users",
  beforeLoad: needs("admin"),
  component: Users,
});
const shopKeys = createRoute({
  getParentRoute: () => shell,
  path: "/admin/shop",
  beforeLoad: needs("admin"),
  component: ShopKeys,
});
const analytics = createRoute({
  getParentRoute: () => shell,
  path: "/admin/analytics",
  beforeLoad: needs("admin"),
  validateSearch: analyticsParams,
  component: Analytics,
});
const sources = createRoute({
  getParentRoute: () => shell,
  path: "/admin/sources",
  beforeLoad: needs("admin"),
  component: Sources,
});
const webhooks = createRoute({
  getParentRoute: () => shell,
  path: "/admin/webhooks",
  beforeLoad: needs("admin"),
  component: Webhooks,
});
const webhook = createRoute({
  getParentRoute: () => shell,
  path: "/admin/webhooks/$webhookId",
  beforeLoad: needs("admin"),
  validateSearch: webhookParams,
  component: Webhook,
});
const models = createRoute({
  getParentRoute: () => shell,
  path: "/admin/models",
  beforeLoad: needs("admin"),
  validateSearch: modelsParams,
  component: Models,
});
const system = createRoute({
  getParentRoute: () => shell,
  path: "/admin/system",
  beforeLoad: needs("admin"),
  component: System,
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: "/admin/audit",
  beforeLoad: needs("admin"),
  validateSearch: auditParams,
  component: Audit,
});
const missing = createRoute({ getParentRoute: () => shell, path: "$", component: MissingPage });

const tree = root.addChildren([
  signIn,
  shell.addChildren([
    search,
    product,
    catalogue,
    add,
    importing,
    words,
    synonyms,
    merchandising,
    jobs,
    job,
    review,
    alike,
    quality,
    account,
    users,
    shopKeys,
    analytics,
    sources,
    webhooks,
    webhook,
    models,
    system,
    audit,
    missing,
  ]),
]);

/** All pages by address. Each feature's screens are fetched when they are first gone to. */
export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultPendingComponent: Pending,
    defaultErrorComponent: ErrorPage,
  });
}

/** Fetch the code of every screen, so that the next one is there at once, server or no server. */
export async function fetchScreens(router: ReturnType<typeof makeRouter>): Promise<void> {
  // One that fails is tried again when it is gone to.
  await Promise.allSettled(
    Object.values(router.routesById).map(async (route) => {
      await router.loadRouteChunk(route);
    }),
  );
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

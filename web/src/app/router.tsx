import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter } from "@tanstack/react-router";

import {
  Add,
  Catalogue,
  catalogueParams,
  Import,
  importParams,
  Product,
  productParams,
} from "@/features/catalog";
import { Job, Jobs, jobsParams } from "@/features/jobs";
import { Alike, Desk, deskParams, gridParams, Quality, qualityParams } from "@/features/review";
import { Search, searchParams } from "@/features/search";

import { ErrorPage, MissingPage } from "./ErrorPage";
import { needs, root, shell, signIn } from "./frame";
import { moved } from "./moved";
import { Pending } from "./Pending";
import { settings } from "./settings";

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
const missing = createRoute({ getParentRoute: () => shell, path: "$", component: MissingPage });

const tree = root.addChildren([
  signIn,
  shell.addChildren([
    search,
    product,
    catalogue,
    add,
    importing,
    jobs,
    job,
    review,
    alike,
    quality,
    settings,
    ...moved,
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

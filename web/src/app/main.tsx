import "./base.css";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { makeQueryClient, meQuery } from "@/api/queries";
import { Offline, Problem } from "@/api/problem";
import { onSignedOut } from "@/api/session";
import { ToastProvider } from "@/components/ToastProvider";
import { startTexts } from "@/texts";

import { fetchScreens, makeRouter } from "./router";

const queryClient = makeQueryClient();
const router = makeRouter(queryClient);

// A page that stays open longer than its sign-in leads to the sign-in and back again.
onSignedOut(() => {
  if (queryClient.getQueryData(meQuery.queryKey) == null) return;
  queryClient.setQueryData(meQuery.queryKey, null);
  void router.navigate({
    to: "/sign-in",
    search: { next: router.state.location.href, expired: true },
  });
});

/** What a page shows in words need not be in the console too. */
function note(error: unknown): void {
  if (!(error instanceof Problem || error instanceof Offline)) console.error(error);
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

// Asked while the texts come; what goes wrong is told to who asks again.
queryClient.query(meQuery).catch(() => undefined);
await startTexts();
createRoot(root, { onCaughtError: note }).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);

const SETTLED = 2_000;
window.setTimeout(() => {
  performance.mark("screens"); // what is fetched from here on is not part of the first load
  void fetchScreens(router).then(() => performance.mark("screens-there"));
}, SETTLED);

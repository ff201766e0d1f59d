/** Addresses that pages had before there were settings: links to them still lead there. */
import { createRoute, redirect } from "@tanstack/react-router";

import { shell } from "./frame";

const NOW: Readonly<Record<string, string>> = {
  "/account": "/settings/account",
  "/words": "/settings/words",
  "/synonyms": "/settings/synonyms",
  "/merchandising": "/settings/merchandising",
  "/admin/users": "/settings/people",
  "/admin/shop": "/settings/shop-keys",
  "/admin/analytics": "/settings/analytics",
  "/admin/sources": "/settings/sources",
  "/admin/webhooks": "/settings/webhooks",
  "/admin/models": "/settings/models",
  "/admin/system": "/settings/system",
  "/admin/audit": "/settings/audit",
};

/** One route for each: what stands behind the old address stands behind the new one. */
export const moved = Object.entries(NOW).flatMap(([before, now]) =>
  [before, `${before}/$`].map((path) =>
    createRoute({
      getParentRoute: () => shell,
      path,
      beforeLoad: ({ location }) => {
        throw redirect({ href: now + location.href.slice(before.length), replace: true });
      },
    }),
  ),
);

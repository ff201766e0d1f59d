/** What admins see: the screens, fetched when one goes there, and what their addresses say. */
import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/texts";

export { analyticsParams } from "./analytics/params";
export { auditParams } from "./audit/params";
export { modelsParams } from "./models/params";
export { webhookParams } from "./webhooks/params";

export const Analytics = lazyRouteComponent(
  withTexts(["admin", "review"], () => import("./analytics/Analytics")),
);
export const Audit = lazyRouteComponent(withTexts(["admin"], () => import("./audit/Audit")));
export const Merchandising = lazyRouteComponent(
  withTexts(["admin"], () => import("./merchandising/Merchandising")),
);
export const Models = lazyRouteComponent(
  withTexts(["admin", "jobs"], () => import("./models/Models")),
);
export const Calibration = lazyRouteComponent(
  withTexts(["admin", "settings"], () => import("./system/Calibration")),
);
export const Sources = lazyRouteComponent(withTexts(["admin"], () => import("./sources/Sources")));
export const ShopKeys = lazyRouteComponent(
  withTexts(["admin", "account"], () => import("./shop/ShopKeys")),
);
export const Synonyms = lazyRouteComponent(
  withTexts(["admin"], () => import("./synonyms/Synonyms")),
);
export const Users = lazyRouteComponent(
  withTexts(["admin", "account"], () => import("./users/Users")),
);
export const Webhooks = lazyRouteComponent(
  withTexts(["admin"], () => import("./webhooks/Webhooks")),
);
export const Webhook = lazyRouteComponent(withTexts(["admin"], () => import("./webhooks/Webhook")));
export const System = lazyRouteComponent(
  withTexts(["admin", "jobs"], () => import("./system/System")),
);

/** What admins see: the screens, fetched when one goes there, and what their addresses say. */
import { lazyRouteComponent } from "@tanstack/react-router";

export { analyticsParams } from "./analytics/params";
export { auditParams } from "./audit/params";
export { modelsParams } from "./models/params";
export { webhookParams } from "./webhooks/params";

export const Analytics = lazyRouteComponent(() => import("./analytics/Analytics"));
export const Audit = lazyRouteComponent(() => import("./audit/Audit"));
export const Merchandising = lazyRouteComponent(() => import("./merchandising/Merchandising"));
export const Models = lazyRouteComponent(() => import("./models/Models"));
export const Sources = lazyRouteComponent(() => import("./sources/Sources"));
export const ShopKeys = lazyRouteComponent(() => import("./shop/ShopKeys"));
export const Synonyms = lazyRouteComponent(() => import("./synonyms/Synonyms"));
export const Users = lazyRouteComponent(() => import("./users/Users"));
export const Webhooks = lazyRouteComponent(() => import("./webhooks/Webhooks"));
export const Webhook = lazyRouteComponent(() => import("./webhooks/Webhook"));
export const System = lazyRouteComponent(() => import("./system/System"));

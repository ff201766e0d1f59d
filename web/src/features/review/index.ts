/** Reviewing: its screens, fetched when one goes there, and what their addresses say. */
import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/texts";

export { deskParams } from "./desk/params";
export { gridParams } from "./grid/params";
export { qualityParams } from "./quality/params";

export const Desk = lazyRouteComponent(
  withTexts(["review", "catalog"], () => import("./desk/Desk")),
);
export const Alike = lazyRouteComponent(withTexts(["review"], () => import("./grid/Alike")));
export const Quality = lazyRouteComponent(
  withTexts(["review", "account"], () => import("./quality/Quality")),
);

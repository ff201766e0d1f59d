/** Reviewing: its screens, fetched when one goes there, and what their addresses say. */
import { lazyRouteComponent } from "@tanstack/react-router";

export { deskParams } from "./desk/params";
export { gridParams } from "./grid/params";
export { qualityParams } from "./quality/params";

export const Desk = lazyRouteComponent(() => import("./desk/Desk"));
export const Alike = lazyRouteComponent(() => import("./grid/Alike"));
export const Quality = lazyRouteComponent(() => import("./quality/Quality"));

/** The catalogue: its screens, fetched when one goes there, and what their addresses say. */
import { lazyRouteComponent } from "@tanstack/react-router";

export { importParams } from "./import/params";
export { catalogueParams } from "./list/params";
export { productParams } from "./product/params";

export const Catalogue = lazyRouteComponent(() => import("./list/Catalogue"));
export const Product = lazyRouteComponent(() => import("./product/Product"));
export const Add = lazyRouteComponent(() => import("./add/Add"));
export const Words = lazyRouteComponent(() => import("./words/Words"));
export const Import = lazyRouteComponent(() => import("./import/Import"));

/** The catalogue: its screens, fetched when one goes there, and what their addresses say. */
import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/texts";

export { importParams } from "./import/params";
export { catalogueParams } from "./list/params";
export { productParams } from "./product/params";

export const Catalogue = lazyRouteComponent(
  withTexts(["catalog"], () => import("./list/Catalogue")),
);
export const Product = lazyRouteComponent(
  withTexts(["catalog"], () => import("./product/Product")),
);
export const Add = lazyRouteComponent(withTexts(["catalog"], () => import("./add/Add")));
export const Words = lazyRouteComponent(withTexts(["catalog"], () => import("./words/Words")));
export const Import = lazyRouteComponent(withTexts(["catalog"], () => import("./import/Import")));

/** The settings: the frame of their sections, which section is where, and who may see it. */
import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/texts";

export { SECTIONS } from "./shared/sections";

export const Settings = lazyRouteComponent(
  withTexts(["settings"], () => import("./frame/Settings")),
);
export const Overview = lazyRouteComponent(
  withTexts(["settings"], () => import("./overview/Overview")),
);
export const General = lazyRouteComponent(
  withTexts(["settings"], () => import("./general/General")),
);

/** The jobs: their screens, fetched when one goes there, and what their addresses say. */
import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/texts";

export { jobsParams } from "./shared/params";

export const Jobs = lazyRouteComponent(withTexts(["jobs"], () => import("./list/Jobs")));
export const Job = lazyRouteComponent(withTexts(["jobs"], () => import("./job/Job")));

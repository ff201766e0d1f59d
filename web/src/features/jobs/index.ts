/** The jobs: their screens, fetched when one goes there, and what their addresses say. */
import { lazyRouteComponent } from "@tanstack/react-router";

export { jobsParams } from "./shared/params";

export const Jobs = lazyRouteComponent(() => import("./list/Jobs"));
export const Job = lazyRouteComponent(() => import("./job/Job"));

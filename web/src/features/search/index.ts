/** The search: its screen, fetched when one goes there, and what its address says. */
import { lazyRouteComponent } from "@tanstack/react-router";

export { searchParams } from "./shared/params";

export const Search = lazyRouteComponent(() => import("./Search"));

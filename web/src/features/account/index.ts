/** One's own account: its screen, fetched when one goes there. */
import { lazyRouteComponent } from "@tanstack/react-router";

export const Account = lazyRouteComponent(() => import("./Account"));

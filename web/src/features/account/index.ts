/** One's own account: its screens, fetched when one goes there. */
import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/texts";

export const Account = lazyRouteComponent(withTexts(["account"], () => import("./Account")));
export const ApiKeys = lazyRouteComponent(withTexts(["account"], () => import("./ApiKeys")));

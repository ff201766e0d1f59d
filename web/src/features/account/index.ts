/** One's own account: its screen, fetched when one goes there. */
import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/texts";

export const Account = lazyRouteComponent(withTexts(["account"], () => import("./Account")));

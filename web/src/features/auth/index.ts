/** Signing in: its screen, fetched when one goes there. */
import { lazyRouteComponent } from "@tanstack/react-router";

import { withTexts } from "@/texts";

export const SignIn = lazyRouteComponent(withTexts(["auth"], () => import("./SignIn")));

/** Signing in: its screen, fetched when one goes there. */
import { lazyRouteComponent } from "@tanstack/react-router";

export const SignIn = lazyRouteComponent(() => import("./SignIn"));

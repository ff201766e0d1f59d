import { useQuery } from "@tanstack/react-query";

import { may, meQuery } from "@/api/queries";
import type { Me } from "@/api/types";

/** Who is signed in. Pages inside the shell exist for somebody only. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  return data ?? NOBODY;
}

/** Whether they are told how sure models are of a product: whoever may edit or review it. */
export function useSeesScores(): boolean {
  const me = useMe();
  return may(me, "editor") || may(me, "reviewer");
}

/** Seen only for the moment between a sign-out and the page that follows it. */
const NOBODY: Me = { id: "", email: "", name: "", role: "viewer" };

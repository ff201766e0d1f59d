import { Skeleton } from "@/components/Skeleton";

/** What stands in for a page until its code is here. */
export function Pending() {
  return <Skeleton height="40vh" />;
}

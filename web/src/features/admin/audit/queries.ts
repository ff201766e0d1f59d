import { infiniteQueryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

import type { AuditParams } from "./params";

/** Acts, newest first. */
export function auditQuery(params: AuditParams) {
  return infiniteQueryOptions({
    queryKey: ["audit", params],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...params, limit: 50, ...(pageParam && { cursor: pageParam }) };
      return held(await api.GET("/v1/audit", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
  });
}

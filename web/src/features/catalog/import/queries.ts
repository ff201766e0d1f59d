import { queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

import { rowErrors } from "./csv";

/** What an import did, or would do. */
export function importQuery(jobId: string) {
  return queryOptions({
    queryKey: ["import", jobId],
    queryFn: async ({ signal }) =>
      held(await api.GET("/v1/imports/{job_id}", { params: { path: { job_id: jobId } }, signal })),
    staleTime: Infinity,
  });
}

/** Every refused row of an import. */
export function importErrorsQuery(jobId: string) {
  return queryOptions({
    queryKey: ["import", jobId, "errors"],
    queryFn: async ({ signal }) => {
      const path = { job_id: jobId };
      const { data } = await api.GET("/v1/imports/{job_id}/errors", {
        params: { path },
        parseAs: "text",
        signal,
      });
      return rowErrors(typeof data === "string" ? data : "");
    },
    staleTime: Infinity,
  });
}

/** Where an import's errors can be fetched as a file. */
export function errorsUrl(jobId: string): string {
  return `/v1/imports/${jobId}/errors`;
}

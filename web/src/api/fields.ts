import { queryOptions } from "@tanstack/react-query";

import { api, held } from "./client";

/** What a product says of itself and what it is found by, as the server declares it. */
export const fieldsQuery = queryOptions({
  queryKey: ["fields"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/fields", { signal })),
  staleTime: Infinity,
});

/** The facets that photos are labelled by, with all their words in order. */
export const vocabularyQuery = queryOptions({
  queryKey: ["vocabulary"],
  queryFn: async ({ signal }) => held(await api.GET("/v1/vocabulary", { signal })),
  staleTime: Infinity,
});

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, held } from "@/api/client";

export const usersQuery = infiniteQueryOptions({
  queryKey: ["users"],
  queryFn: async ({ pageParam, signal }) => {
    const query = { limit: 50, ...(pageParam && { cursor: pageParam }) };
    return held(await api.GET("/v1/users", { params: { query }, signal }));
  },
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
});

export function userKeysQuery(id: string) {
  return queryOptions({
    queryKey: ["users", id, "keys"],
    queryFn: async ({ signal }) => {
      const path = { user_id: id };
      const answer = await api.GET("/v1/users/{user_id}/api-keys", { params: { path }, signal });
      return held(answer).api_keys;
    },
  });
}

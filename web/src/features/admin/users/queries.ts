import { infiniteQueryOptions } from "@tanstack/react-query";

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

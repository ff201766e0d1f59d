import createClient, { type Client } from "openapi-fetch";

import type { paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** Speaks to a Vitrine; each path of its API is typed. */
export type Vitrine = Client<paths>;

/** For what visitors of a shop may ask, with a publishable key. */
export function shop(address: string, key: string): Vitrine {
  return createClient<paths>({ baseUrl: address, headers: { "X-Vitrine-Key": key } });
}

/** For programs of staff, with an API key; never in a page. */
export function staff(address: string, key: string): Vitrine {
  return createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${key}` } });
}

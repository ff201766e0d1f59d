import createClient from "openapi-fetch";

import { Offline, problemOf } from "./problem";
import type { paths } from "./schema";
import { fetchSigned } from "./session";

/** Every call to the server. Throws Problem for what it refuses, Offline when it is not there. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: reach });

async function reach(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetchSigned(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Offline("The server cannot be reached.");
  }
  // Behind a proxy whose server is down: nothing of ours answers like this.
  if (response.status === 502 || response.status === 504) throw new Offline(response.statusText);
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** What an answer holds. The client throws for refusals, so there is always something. */
export function held<Data>(answer: { data?: Data }): Data {
  if (answer.data === undefined) throw new Error("An answer without content.");
  return answer.data;
}

/** A form of files and fields; `undefined` fields are left out. For `bodySerializer`. */
export function form(
  fields: Record<string, string | Blob | readonly Blob[] | undefined>,
): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    for (const part of Array.isArray(value)
      ? (value as readonly Blob[])
      : [value as string | Blob]) {
      made.append(name, part);
    }
  }
  return made;
}

/** Where a photo's bytes are. */
export function imageUrl(id: string): string {
  return `/v1/images/${id}`;
}

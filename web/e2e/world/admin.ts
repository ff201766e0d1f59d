import { address, type Place } from "./server";
import { EMAIL } from "./setup";

/** What the administrator does without a browser. */
export interface Admin {
  /** Ask the API; throws what it says of a refusal. */
  readonly send: (method: string, path: string, body?: object) => Promise<unknown>;
}

export async function admin(place: Place, password: string): Promise<Admin> {
  const as = (headers: Readonly<Record<string, string>>): Admin["send"] => {
    return async (method, path, body) => {
      const isForm = body instanceof FormData;
      const answer = await fetch(address(place) + path, {
        method,
        headers: { ...headers, ...(body && !isForm && { "Content-Type": "application/json" }) },
        ...(body && { body: isForm ? body : JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
      return answer.status === 204 ? null : ((await answer.json()) as unknown);
    };
  };
  const signedIn = await as({})("POST", "/v1/auth/sign-in", { email: EMAIL, password });
  const { access_token } = signedIn as { access_token: string };
  return { send: as({ Authorization: `Bearer ${access_token}` }) };
}

/** A publishable key for pages of these origins, with room for all visitors of a run at once. */
export async function publishableKey({ send }: Admin, ...origins: string[]): Promise<string> {
  const room = { per_minute: 100_000, per_visitor: 100_000 };
  const asked = { name: "Example shop", origins, ...room };
  const made = await send("POST", "/v1/publishable-keys", asked);
  return (made as { key: string }).key;
}

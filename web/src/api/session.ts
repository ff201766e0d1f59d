/** How a page stays signed in: tokens live in cookies no script can read; only the CSRF token can
 * be read, and must be sent back with whatever changes something. */

const CSRF_COOKIE = "vitrine_csrf";
/** Held by the one tab that asks for new tokens; what it asked for is there for the others too. */
const LOCK = "vitrine-renewal";
/** Where a tab tells the others when it got new tokens. */
const RENEWED = "vitrine-renewed";
/** Many pictures fail at once; together they ask for new tokens no more often than this. */
const PICTURE_REST = 10_000;
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

type Listener = () => void;
const listeners = new Set<Listener>();
let renewing: Promise<boolean> | null = null;
let renewedAt = 0;

/** Call `listener` whenever the server says that nobody is signed in any more. */
export function onSignedOut(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Fetch with the CSRF token; an access token that ran out is renewed once, without a word. */
export async function fetchSigned(request: Request): Promise<Response> {
  const again = request.clone();
  const sent = Date.now();
  const response = await fetch(signed(request));
  if (response.status !== 401 || isAboutSigningIn(request)) return response;
  if (await renew(sent)) return fetch(signed(again));
  for (const listener of listeners) listener();
  return response;
}

/** A picture cannot renew what let it in: new tokens for it, unless there were some just now. */
export function renewForPicture(): Promise<boolean> {
  return Date.now() - renewedAt < PICTURE_REST ? Promise.resolve(false) : renew();
}

/** New tokens for the refresh cookie, unless any tab got some since; all who wait share one request. */
export function renew(since = Date.now()): Promise<boolean> {
  renewing ??= alone(async () => Number(localStorage.getItem(RENEWED)) >= since || (await ask()))
    .catch(() => false)
    .finally(() => {
      renewing = null;
    });
  return renewing;
}

/** Tabs wait for each other where the browser lets them: over HTTPS, and on localhost. */
async function alone(task: () => Promise<boolean>): Promise<boolean> {
  return "locks" in navigator ? await navigator.locks.request(LOCK, task) : task();
}

async function ask(): Promise<boolean> {
  const { ok } = await fetch(signed(new Request(url("/v1/auth/refresh"), { method: "POST" })));
  renewedAt = Date.now();
  if (ok) localStorage.setItem(RENEWED, String(renewedAt));
  return ok;
}

/** The value of the CSRF cookie, empty when nobody is signed in. */
export function csrfToken(cookies: string): string {
  for (const pair of cookies.split("; ")) {
    const [name, value] = pair.split("=", 2);
    if (name === CSRF_COOKIE) return value ?? "";
  }
  return "";
}

function signed(request: Request): Request {
  if (!SAFE.has(request.method)) request.headers.set("X-CSRF-Token", csrfToken(document.cookie));
  return request;
}

function isAboutSigningIn(request: Request): boolean {
  return /\/v1\/auth\/(sign-in|refresh)$/.test(new URL(request.url).pathname);
}

function url(path: string): string {
  return new URL(path, location.origin).href;
}

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname } from "node:path";

import { inject } from "vitest";

import { admin, publishableKey } from "./admin";
import { address, freePort } from "./server";

const FOLDER = new URL("../example/", import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".html": "text/html; charset=utf-8",
};

/** A shop that knows Vitrine by its address and a key. */
export interface ExampleShop {
  readonly origin: string;
  readonly stop: () => void;
}

/** Where the shop's Vitrine is, and its key: both may be told later, when the shop has an origin. */
export interface Known {
  vitrine: string;
  key: string;
}

/**
 * Serve the static pages of `e2e/example` on a port of their own: `/`, `/p/PRODUCT`, and with
 * `?hostile` in the address with the worst of styles, with `?blind` without a camera. All with the
 * strictest policy that docs/storefront.md tells a shop to have.
 */
export async function exampleShop(known: Known): Promise<ExampleShop> {
  const port = await freePort();
  const server = createServer((asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url ?? "/", "http://shop.example");
    const page = pageOf(pathname);
    if (page === null) {
      answer.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(page.file)] ?? "application/octet-stream";
    answer.writeHead(200, {
      "Content-Type": type,
      "Content-Security-Policy": policy(known),
      "Permissions-Policy": `camera=(${searchParams.has("blind") ? "" : "self"})`,
    });
    const text = readFileSync(new URL(page.file, FOLDER), "utf8");
    const blanks: Record<string, string> = {
      VITRINE: known.vitrine,
      KEY: known.key,
      PRODUCT: page.product,
      LANG: searchParams.get("lang") ?? "en",
      STYLE: searchParams.has("hostile") ? '<link rel="stylesheet" href="/hostile.css" />' : "",
    };
    answer.end(text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => blanks[name] ?? ""));
  });
  await listening(server, port);
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A shop of the Vitrine of this run, with a key of its own. */
export async function shopWithKey(): Promise<ExampleShop & { readonly key: string }> {
  const place = inject("place");
  const known: Known = { vitrine: address(place), key: "" };
  const shop = await exampleShop(known);
  known.key = await publishableKey(await admin(place, inject("password")), shop.origin);
  return { ...shop, key: known.key };
}

function pageOf(path: string): { file: string; product: string } | null {
  const product = /^\/p\/([\w-]+)$/.exec(path)?.[1];
  if (product) return { file: "product.html", product };
  if (path === "/") return { file: "index.html", product: "" };
  return /^\/\w+\.(css|js)$/.test(path) ? { file: path.slice(1), product: "" } : null;
}

/** Nothing inline, nothing evaluated, no address of a blob, no markup from strings. */
function policy({ vitrine }: Known): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${vitrine}`,
    "style-src 'self'",
    `img-src ${vitrine}`,
    `connect-src ${vitrine}`,
    `frame-src ${vitrine}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", done);
  });
}

import { readFileSync } from "node:fs";

import type { Page } from "playwright-core";

import { EMAIL } from "./world/setup";
import { expect, test } from "./world/visitor";

// Printed by `npm run times`, and written down in docs/performance.md.

const TIMES = 15;

test("how soon a dropped photo has hits, beside the server's time for it", async ({ visitor }) => {
  const { page, password } = visitor;
  const data = { email: EMAIL, password };
  const answer = await page.context().request.post("/v1/auth/sign-in", { data });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  await visitor.signIn();
  await visitor.go("/");
  await ready(page);
  const photo = [...readFileSync(visitor.drawn("outfit.jpg"))];
  await drop(page, unseen(photo, "the first one"));
  await page.waitForURL(/upload=/);
  const search = await searched(page);
  await page.reload(); // then it asks in words, not in a form
  const { upload_id: _, ...fields } = await search();
  await ready(page);
  const server: number[] = [];
  const dropped: Dropped[] = [];
  for (let time = 0; time < TIMES; time++) {
    server.push(await asked(page, unseen(photo, `asked ${time}`), fields, token));
    dropped.push(await drop(page, unseen(photo, `dropped ${time}`)));
    await page.waitForTimeout(500); // its pictures and items have come
  }
  const at = median(server);
  const of = (what: keyof Dropped) => median(dropped.map((one) => one[what]));
  const times = Math.round((100 * of("hits")) / at) / 100;
  const parts = { before_ms: of("before"), search_ms: of("search"), drawing_ms: of("drawing") };
  const told = { server_ms: at, drop_to_hits_ms: of("hits"), times, ...parts };
  process.stdout.write(`${JSON.stringify({ drop_to_hits: told })}\n`);
  expect(dropped).toHaveLength(TIMES);
});

interface Dropped {
  /** Milliseconds from the drop until the frame with the first hit. */
  hits: number;
  /** Those until the photo is sent, until it is answered, and until hits are drawn. */
  before: number;
  search: number;
  drawing: number;
}

/** Until the page shows products, and the code of other screens has come. */
async function ready(page: Page): Promise<void> {
  await page.locator('[aria-posinset="1"]').waitFor();
  await page.waitForTimeout(2_000);
}

/** The same picture in a file that nobody sent before: a comment after the first mark. */
function unseen(jpeg: readonly number[], words: string): number[] {
  const comment = [...Buffer.from(words)];
  return [...jpeg.slice(0, 2), 0xff, 0xfe, 0, comment.length + 2, ...comment, ...jpeg.slice(2)];
}

/** What the page's next search asks, as its fields; Playwright does not see bodies of streams. */
async function searched(page: Page): Promise<() => Promise<Record<string, unknown>>> {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const id = new Promise<string>((found) => {
    network.on("Network.requestWillBeSent", ({ request, requestId }) => {
      if (request.url.endsWith("/v1/search")) found(requestId);
    });
  });
  return async () => {
    const sent = await network.send("Network.getRequestPostData", { requestId: await id });
    await network.detach();
    return JSON.parse(sent.postData) as Record<string, unknown>;
  };
}

/** Milliseconds that the server takes for the same search by the photo alone, met by the page. */
function asked(
  page: Page,
  photo: number[],
  fields: Record<string, unknown>,
  token: string,
): Promise<number> {
  return page.evaluate(
    async ([bytes, named, bearer]) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(named)) body.append(name, JSON.stringify(value));
      body.append("image", new File([new Uint8Array(bytes)], "a.jpg", { type: "image/jpeg" }));
      const begun = performance.now();
      const headers = { Authorization: `Bearer ${bearer}` };
      const answer = await fetch("/v1/search", { method: "POST", body, headers });
      await answer.json();
      if (!answer.ok) throw new Error(String(answer.status));
      return performance.now() - begun;
    },
    [photo, fields, token] as const,
  );
}

/** Drop a photo on the page, and wait for the hits that take the place of those before. */
function drop(page: Page, photo: number[]): Promise<Dropped> {
  return page.evaluate(async (bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "a.jpg", { type: "image/jpeg" }));
    let begun = 0;
    const hits = await new Promise<number>((done) => {
      let isOld = false;
      const watch = new MutationObserver(() => {
        const old = document.querySelector("[data-old]")?.getAttribute("data-old");
        isOld ||= old === "true";
        if (!isOld || old !== "false" || !document.querySelector('[aria-posinset="1"]')) return;
        watch.disconnect();
        requestAnimationFrame(() => done(performance.now() - begun));
      });
      watch.observe(document.body, { subtree: true, childList: true, attributes: true });
      performance.clearResourceTimings(); // it takes so many only
      begun = performance.now();
      dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    });
    const asked = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const search = asked.find(({ name }) => name.endsWith("/v1/search"));
    if (search === undefined) throw new Error("Nothing was searched.");
    const { startTime, duration, responseEnd } = search;
    return {
      hits,
      before: startTime - begun,
      search: duration,
      drawing: begun + hits - responseEnd,
    };
  }, photo);
}

function median(numbers: readonly number[]): number {
  return Math.round([...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? 0);
}

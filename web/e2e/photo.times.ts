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
  await page.locator('[aria-posinset="1"]').waitFor();
  await page.waitForTimeout(2_000); // the code of other screens has come
  const photo = [...readFileSync(visitor.drawn("outfit.jpg"))];
  const server: number[] = [];
  const dropped: Dropped[] = [];
  for (let time = 0; time < TIMES; time++) {
    server.push(await asked(page, unseen(photo, `asked ${time}`), token));
    dropped.push(await drop(page, unseen(photo, `dropped ${time}`)));
    await page.waitForTimeout(500); // its pictures and items have come
  }
  // What comes once only, such as code that is first needed, is of the first.
  const [at, hits] = [median(server.slice(1)), median(dropped.slice(1).map(({ hits }) => hits))];
  const upload = median(dropped.slice(1).map(({ upload }) => upload));
  const search = median(dropped.slice(1).map(({ search }) => search));
  const times = Math.round((100 * hits) / at) / 100;
  const told = {
    server_ms: at,
    drop_to_hits_ms: hits,
    times,
    upload_ms: upload,
    search_ms: search,
  };
  process.stdout.write(`${JSON.stringify({ drop_to_hits: told })}\n`);
  expect(dropped).toHaveLength(TIMES);
});

interface Dropped {
  /** Milliseconds from the drop until the frame with the first hit, and those of two requests. */
  hits: number;
  upload: number;
  search: number;
}

/** The same picture in a file that nobody sent before: a comment after the first mark. */
function unseen(jpeg: readonly number[], words: string): number[] {
  const comment = [...Buffer.from(words)];
  return [...jpeg.slice(0, 2), 0xff, 0xfe, 0, comment.length + 2, ...comment, ...jpeg.slice(2)];
}

/** Milliseconds that the server takes for a search by the photo, as the page meets them. */
function asked(page: Page, photo: number[], token: string): Promise<number> {
  return page.evaluate(
    async ([bytes, bearer]) => {
      const body = new FormData();
      body.append("image", new File([new Uint8Array(bytes)], "a.jpg", { type: "image/jpeg" }));
      const begun = performance.now();
      const headers = { Authorization: `Bearer ${bearer}` };
      const answer = await fetch("/v1/search", { method: "POST", body, headers });
      await answer.json();
      if (!answer.ok) throw new Error(String(answer.status));
      return performance.now() - begun;
    },
    [photo, token] as const,
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
      begun = performance.now();
      dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
    });
    const took = (path: string) =>
      performance
        .getEntriesByType("resource")
        .find(({ name, startTime }) => name.endsWith(path) && startTime >= begun)?.duration ?? 0;
    return { hits, upload: took("/v1/uploads"), search: took("/v1/search") };
  }, photo);
}

function median(numbers: readonly number[]): number {
  return Math.round([...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? 0);
}

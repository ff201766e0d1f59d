import { readFileSync } from "node:fs";

import { admin } from "./world/admin";
import { look } from "./world/looks";
import { until } from "./world/server";
import { expect, test } from "./world/visitor";

const TITLE = "Dress in two colours";

interface Made {
  product: { id: string };
  job: { id: string };
}

test("a product found by the photo of its other colour shows that one, on one card", async ({
  visitor,
}) => {
  const { page, place, password, drawn } = visitor;
  const staff = await admin(place, password);
  const form = new FormData();
  const fields = { external_id: "TWO-1", title: TITLE, category: "Dresses" };
  form.append("product", JSON.stringify(fields));
  for (const name of ["two-1.jpg", "two-2.jpg"])
    form.append("images", new Blob([readFileSync(drawn(name))]), name);
  const made = (await staff.send("POST", "/v1/products", form)) as Made;
  await until(async () => {
    const { status } = (await staff.send("GET", `/v1/jobs/${made.job.id}`)) as { status: string };
    return status === "succeeded";
  }, "its photos to be indexed");
  const told = await staff.send("GET", `/v1/products/${made.product.id}`);
  const { images } = told as { images: { id: string }[] };

  await visitor.signIn();
  for (const [asked, shown] of [
    ["two-2-asked.jpg", images[1]?.id],
    ["two-1-asked.jpg", images[0]?.id],
  ] as const) {
    await visitor.go("/");
    await page.locator('input[type="file"]').first().setInputFiles(drawn(asked));
    await page.waitForURL(/upload=/);
    await page.getByText(/best match first/).waitFor();
    await page.locator('[data-old="true"]').waitFor({ state: "detached" });
    const cards = page.locator('#results [role="listitem"]');
    const its = cards.filter({ hasText: TITLE });
    await its.first().waitFor();
    expect(await its.count()).toBe(1);
    expect(await cards.first().textContent()).toContain(TITLE);
    expect(await its.locator("img").first().getAttribute("src")).toContain(shown);
  }
  await look(page, "search-other-photo");
  await staff.send("DELETE", `/v1/products/${made.product.id}`);
});

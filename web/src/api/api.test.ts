import { expect, test } from "vitest";

import { problemOf } from "./problem";
import { csrfToken } from "./session";

test("the CSRF token is read from among other cookies", () => {
  expect(csrfToken("a=b; vitrine_csrf=abc123; c=d")).toBe("abc123");
  expect(csrfToken("a=b; not_vitrine_csrf=abc123")).toBe("");
  expect(csrfToken("")).toBe("");
});

test("a problem keeps its code, its fields and the request's id", async () => {
  const body = {
    status: 422,
    code: "invalid_request",
    detail: "title is missing",
    request_id: "r1",
    fields: { title: "is missing" },
  };
  const problem = await problemOf(new Response(JSON.stringify(body), { status: 422 }));
  expect(problem).toMatchObject({
    status: 422,
    code: "invalid_request",
    detail: "title is missing",
    requestId: "r1",
    fields: { title: "is missing" },
  });
});

test("an answer that is no problem+json becomes a problem all the same", async () => {
  const problem = await problemOf(new Response("<html>", { status: 500, statusText: "Oops" }));
  expect(problem).toMatchObject({ status: 500, code: "http_500", detail: "Oops", fields: {} });
});

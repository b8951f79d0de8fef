import { expect } from "playwright/test";
import { test } from "./playground-test.ts";

const PROGRAM = `
  import { createRoot } from "react-dom@19/client";
  import { debounce } from "lodash-es@4";
  createRoot(document.body.appendChild(document.createElement("div"))).render(<h1>{typeof debounce}</h1>);
`;

test("R60: a cold start is one question to the edge, whatever the program needs; the same program again is none", async ({
  context,
  playground,
}) => {
  const asked: string[] = [];
  await playground.openInstalled();
  context.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/(?:npm|rbin|graph|url|m)(?:\/|$)/.test(pathname)) asked.push(`${request.method()} ${pathname}`);
  });
  await playground.runToEnd(PROGRAM);
  await expect(playground.frame().getByRole("heading", { name: "function" })).toBeVisible();
  expect(asked).toEqual(["POST /graph"]);
  await playground.runToEnd();
  expect(asked).toEqual(["POST /graph"]);
});

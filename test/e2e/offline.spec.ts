import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "playwright/test";
import type { Plugin } from "vite";
import { buildDemo } from "../../scripts/build-demo.ts";
import { listen } from "../../scripts/listen.ts";
import { clearHttpCache, PlaygroundPage } from "./playground-page.ts";
import { test } from "./playground-test.ts";

const PROGRAM = `
  import { createRoot } from "react-dom/client";
  createRoot(document.body.appendChild(document.createElement("div"))).render(<h1>It runs</h1>);
`;

test("R9: after one run the server may go: a new tab opens and runs the same, and nothing leaves the browser", async ({
  context,
  startOwnEdge,
}) => {
  const edge = await startOwnEdge();
  const first = new PlaygroundPage(await context.newPage(), edge.url);
  await first.openInstalled();
  await first.runToEnd(PROGRAM);
  const loaded = await first.packages();
  await first.page.close();
  await edge.stop();
  const wire = await listenOnWire(Number(new URL(edge.url).port));

  const second = new PlaygroundPage(await context.newPage(), edge.url);
  await second.open();
  await second.runToEnd(PROGRAM);
  await expect(second.frame().getByRole("heading", { name: "It runs" })).toBeVisible();
  expect(await second.packages()).toEqual(loaded.map((row) => ({ ...row, source: "browser" })));
  // Browsers look for a new service worker some time after a page was opened; that would count too.
  await second.page.waitForTimeout(3_000);
  expect(wire.heard()).toEqual([]);
  await wire.close();
});

test("R9: a package that is not there is named, with what to do", async ({ page, startOwnEdge }) => {
  const edge = await startOwnEdge();
  const playground = new PlaygroundPage(page, edge.url);
  await playground.openInstalled();
  await playground.runToEnd(`import ms from "ms"; console.log(ms("1s"));`);
  await edge.stop();

  await playground.open();
  const text = await playground.runToError("ERR_NOT_CACHED", `import confetti from "canvas-confetti"; confetti();`);
  expect(text).toContain("canvas-confetti");
  expect(text).toMatch(/hint|online|network|connect/i);
  await playground.runToEnd(`import ms from "ms"; console.log(ms("1s"));`);
  await expect(playground.console()).toContainText("1000");
});

test("R1: an update of the service worker never mixes old and new", async ({ context, startOwnEdge }) => {
  const old = await buildMarked("old");
  const next = await buildMarked("new");
  const oldEdge = await startOwnEdge({ assets: old });
  const port = Number(new URL(oldEdge.url).port);
  const openTab = new PlaygroundPage(await context.newPage(), oldEdge.url);
  await openTab.openInstalled();
  expect(await buildsOf(openTab.page)).toEqual({ html: "old", script: "old" });
  await oldEdge.stop();
  await startOwnEdge({ port, assets: next });

  // With a tab of the old build open, and the new one on the server, every tab is all old or all new.
  const tab = await context.newPage();
  await clearHttpCache(openTab.page);
  await openTab.page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
  for (let visit = 0; visit < 3; visit++) {
    await new PlaygroundPage(tab, oldEdge.url).open();
    const { html, script } = await buildsOf(tab);
    expect(script).toBe(html);
  }
  // The old tab goes on with what it has, including files that it had not asked for yet.
  await openTab.runToEnd(`console.log("old tab");`);
  await expect(openTab.console()).toContainText("old tab");

  // Once the old ones are closed, the new build takes over, whole.
  await openTab.page.close();
  await expect(async () => {
    await tab.goto("about:blank");
    await new PlaygroundPage(tab, oldEdge.url).open();
    expect(await buildsOf(tab)).toEqual({ html: "new", script: "new" });
  }).toPass();
  for (const folder of [old, next]) await rm(folder, { recursive: true });
});

/** Builds the page with a mark in its HTML and in its scripts. */
async function buildMarked(mark: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), `raya-build-${mark}-`));
  const plugin: Plugin = {
    name: "test:mark",
    transformIndexHtml: (html) => html.replace("<html", `<html data-build="${mark}"`),
    renderChunk: (code) => `${code}\nglobalThis.testBuild = "${mark}";`,
  };
  await buildDemo({ outDir, plugins: [plugin] });
  return outDir;
}

function buildsOf(page: Page): Promise<{ html: string | undefined; script: unknown }> {
  return page.evaluate(() => ({
    html: document.documentElement.dataset["build"],
    script: Reflect.get(globalThis, "testBuild"),
  }));
}

/**
 * Takes the stopped server's port and keeps the first line of whatever is asked there. (Chromium opens a connection ahead
 * of a navigation; where the service worker answers, it never says a word on it.)
 */
async function listenOnWire(port: number): Promise<{ heard(): readonly string[]; close(): Promise<void> }> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("data", (bytes) => {
      heard.push(bytes.toString("latin1").split("\r\n")[0] ?? "");
      socket.destroy();
    });
    socket.on("error", () => socket.destroy());
  });
  await listen(server, port);
  return {
    heard: () => heard,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

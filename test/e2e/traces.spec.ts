import { SourceMap, type SourceMapPayload } from "node:module";
import { transform } from "esbuild";
import type { CDPSession, Page } from "playwright/test";
import { expect } from "playwright/test";
import type { RegistryServer } from "../fixtures/registry-server/registry-server.ts";
import { test } from "./playground-test.ts";

test.beforeEach(({ playground }) => playground.open());

/** A package that calls back through a dependency of its own, which is CommonJS. */
async function publishRenderer(registry: RegistryServer): Promise<void> {
  await registry.publish({
    name: "e2e-walker",
    version: "2.3.4",
    files: {
      "index.js": "exports.walk = require('./lib/walk.js');",
      "lib/walk.js": `// Walks.
module.exports = function walk(items, visit) {
  if (items === undefined) throw new TypeError("nothing to walk");
  return items.map(function (item) { return visit(item); });
};`,
    },
  });
  await registry.publish({
    name: "e2e-renderer",
    version: "1.2.0",
    manifest: { type: "module", dependencies: { "e2e-walker": "2" } },
    files: {
      "index.js": `import { walk } from "e2e-walker";

/** Renders. */
export function render(items, format) {
  return walk(items, (item) => format(item));
}`,
    },
  });
}

const MAIN = `import { render } from "e2e-renderer";
interface Row { readonly value?: number }
export function draw(rows: Row[] | undefined): string[] {
  return render(rows, (row: Row) => row.value!.toFixed(2));
}
`;

test("an error deep inside of packages shows the visitor's own line, and theirs", async ({ playground, registry }) => {
  await publishRenderer(registry);
  const text = await playground.runToError("ERR_EVALUATION_FAILED", { "/main.ts": `${MAIN}draw(undefined);\n` });
  expect(text).toContain("TypeError: nothing to walk");
  expect(text).toContain("/main.ts:4:10");
  expect(text).toContain("return render(rows, (row: Row) => row.value!.toFixed(2));");
  const calls = await playground.error.getByRole("listitem").allInnerTexts();
  expect(calls.map((call) => call.replaceAll(/\s+/g, " "))).toEqual([
    expect.stringMatching(/^e2e-walker@2\.3\.4\/lib\/walk\.js:3:\d+ walk$/),
    expect.stringMatching(/^e2e-renderer@1\.2\.0\/index\.js:5:\d+ render$/),
    "main.ts:4:10 draw",
    "main.ts:6:1",
  ]);
});

test("an error in the console leads to the visitor's line, wherever it was thrown", async ({
  page,
  playground,
  registry,
}) => {
  await publishRenderer(registry);
  await playground.runToEnd({
    "/main.ts": `${MAIN}try { draw([{}]); } catch (error) { console.error("caught", error); }
setTimeout(() => draw(undefined));
`,
  });
  const errors = playground.console("error");
  await expect(errors).toHaveCount(2);
  await errors.first().locator("summary").click();
  await expect(errors.first().getByRole("listitem")).toContainText([
    "main.ts:4:48",
    /e2e-renderer@1\.2\.0\/index\.js:5:\d+/,
    /e2e-walker@2\.3\.4\/lib\/walk\.js:4:\d+/,
    "native",
    /walk\.js:4:\d+/,
    /index\.js:5:\d+/,
    "main.ts:4:10",
    "main.ts:6:7",
  ]);
  await errors.last().getByRole("button", { name: "main.ts:4:10", exact: true }).first().click();
  await expect(page.locator(".cm-problem-line")).toContainText("return render(rows");
});

test("an error in what is imported later, and in a worker, names its file and line", async ({ playground }) => {
  await playground.runToEnd({
    "/main.ts": `const name: string = "./la" + "ter.ts";
import(name).catch((error: Error) => console.error(error));
new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
`,
    "/later.ts": `interface A {}\n\nthrow new RangeError("too late");\n`,
    "/worker.ts": `interface B {}\n\n\nthrow new RangeError("in the worker");\n`,
  });
  const errors = playground.console("error");
  await expect(errors.filter({ hasText: "too late" }).getByRole("button", { name: "later.ts:3:7" })).toBeVisible();
  await expect(
    errors.filter({ hasText: "in the worker" }).getByRole("button", { name: "worker.ts:4:7" }),
  ).toBeVisible();
});

const WIDGET = `/** The source of a package, which is published minified. */
export interface Options { readonly size: number }

export function createWidget(options: Options): string {
  const label: string = \`widget of \${options.size}\`;
  return label;
}
`;

/** What a debugger learns of the program's image: its text, and the map that it names. */
async function debugImage(page: Page): Promise<{ session: CDPSession; frame: string; text: string; map: string }> {
  const frame = page.frames().find((candidate) => candidate.parentFrame() !== null);
  if (frame === undefined) throw new Error("The page has no frame");
  const session = await page.context().newCDPSession(frame);
  const parsed: { scriptId: string; url: string; sourceMapURL?: string; executionContextAuxData?: object }[] = [];
  session.on("Debugger.scriptParsed", (event) => parsed.push(event));
  await session.send("Debugger.enable");
  const findImage = () => parsed.find(({ url }) => /\/~\/image-\d+\.js$/.test(url));
  await expect.poll(findImage).toBeDefined();
  const { scriptId = "", sourceMapURL = "", executionContextAuxData } = findImage() ?? {};
  const { scriptSource: text } = await session.send("Debugger.getScriptSource", { scriptId });
  const { frameId } = executionContextAuxData as { frameId: string };
  return { session, frame: frameId, text, map: sourceMapURL };
}

/** What DevTools shows of a source that the map has no text of. */
async function loadSource(session: CDPSession, frameId: string, url: string): Promise<string> {
  const options = { disableCache: false, includeCredentials: false };
  const { resource } = await session.send("Network.loadNetworkResource", { frameId, url, options });
  expect(resource, JSON.stringify(resource)).toMatchObject({ success: true, httpStatusCode: 200 });
  const { data, base64Encoded } = await session.send("IO.read", { handle: resource.stream ?? "" });
  return base64Encoded === true ? Buffer.from(data, "base64").toString() : data;
}

/** Source, line and column, counted from 1, that the map gives for a text of the image. */
function originOf(map: SourceMap, text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split("\n");
  const found = map.findEntry(before.length - 1, before.at(-1)?.length ?? 0);
  if (!("originalSource" in found)) return "nothing";
  return `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`;
}

test("R3 R47: a debugger shows the original sources: TypeScript, packages' files, and what those were made from", async ({
  page,
  playground,
  registry,
}) => {
  const made = await transform(WIDGET, { loader: "ts", minify: true, sourcemap: true, sourcefile: "../src/widget.ts" });
  await registry.publish({
    name: "e2e-widget",
    manifest: { type: "module", main: "dist/widget.js" },
    files: { "dist/widget.js": `${made.code}//# sourceMappingURL=widget.js.map\n`, "dist/widget.js.map": made.map },
  });
  await publishRenderer(registry);
  const main = `interface Size { readonly value: number }
import { createWidget } from "e2e-widget";
import { render } from "e2e-renderer";

const sizes: Size[] = [{ value: 1 }];
console.log("own text", render(sizes, ({ value }: Size) => createWidget({ size: value })));
`;
  await playground.runToEnd({ "/main.ts": main });
  await expect(playground.console()).toContainText("widget of 1");

  const { session, frame, text, map: address } = await debugImage(page);
  const payload = (await (await fetch(address)).json()) as SourceMapPayload;
  const map = new SourceMap(payload);
  const base = new URL("/~/", playground.url).href;

  expect(originOf(map, text, `"own text"`)).toBe(`${base}project/main.ts:6:13`);
  expect(payload.sourcesContent[payload.sources.indexOf(`${base}project/main.ts`)]).toBe(main);

  expect(originOf(map, text, "`widget of ")).toBe(`${base}e2e-widget@1.0.0/src/widget.ts:5:25`);
  expect(await loadSource(session, frame, `${base}e2e-widget@1.0.0/src/widget.ts`)).toBe(WIDGET);

  expect(originOf(map, text, "throw new TypeError")).toBe(`${base}e2e-walker@2.3.4/lib/walk.js:3:1`);
  expect(await loadSource(session, frame, `${base}e2e-walker@2.3.4/lib/walk.js`)).toContain("// Walks.");
});

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createNodeHost } from "../../../src/platform/node/host.ts";
import { npmRegistry } from "../../../src/platform/node/npm-registry.ts";
import { launchChromium } from "../../bench/workspace/chromium.ts";
import { installPackages } from "../../bench/workspace/install-packages.ts";
import { type RegistryServer, startRegistryServer } from "../../fixtures/registry-server/registry-server.ts";
import { serveModules, type ServedModules } from "./served-modules.ts";

const run = promisify(execFile);
const DENO_FOLDER = fileURLToPath(new URL("../../../.raya/deno", import.meta.url));
const DENO = join(DENO_FOLDER, `node_modules/@deno/${process.platform}-${process.arch}-glibc/deno`);

/** Node imports no http URLs by itself: these hooks do what Deno and browsers have built in. */
const HTTP_IMPORTS = `
import { register } from "node:module";
register("data:text/javascript," + encodeURIComponent(\`
  const texts = new Map();
  const isHttp = (url) => /^http:/.test(url ?? "");
  export async function resolve(specifier, { parentURL }, next) {
    if (!isHttp(specifier) && !(isHttp(parentURL) && /^[./]/.test(specifier))) return next(specifier);
    const response = await fetch(new URL(specifier, parentURL));
    if (!response.ok) throw new Error(await response.text());
    texts.set(response.url, await response.text());
    return { url: response.url, format: "module", shortCircuit: true };
  }
  export async function load(url, context, next) {
    if (!isHttp(url)) return next(url, context);
    return { source: texts.get(url), format: "module", shortCircuit: true };
  }\`));`;

let registry: RegistryServer;
let edge: ServedModules;
let folder: string;

/** A program that imports from the edge; what it prints says that there is one React. */
const program = (url: string): string => `
import { createElement, useState } from "${url}m/react@19.3.1";
import { renderToString } from "${url}m/react-dom@19.3.1/server.browser";
import groupBy from "${url}m/lodash-es@^4.18/groupBy.js";
import { z } from "${url}m/zod@4.6.7";
function Count() {
  const [count] = useState(3);
  return createElement("b", null, count);
}
console.log(renderToString(createElement(Count)), JSON.stringify(groupBy([1.2, 2.1], Math.floor)), z.string().parse("z"));
(globalThis.Deno ?? process).exit(0);`;
const PRINTED = '<b>3</b> {"1":[1.2],"2":[2.1]} z';

describe("programs that import from the edge, without a client", () => {
  beforeAll(async () => {
    registry = await startRegistryServer(npmRegistry());
    const { builtins: _, evaluate: __, ...host } = createNodeHost();
    edge = await serveModules(host, registry.registry);
    folder = mkdtempSync(join(tmpdir(), "raya-direct-"));
    writeFileSync(join(folder, "program.mjs"), program(edge.url));
    writeFileSync(join(folder, "http-imports.mjs"), HTTP_IMPORTS);
    installPackages({ deno: "2.9.6" }, DENO_FOLDER);
  }, 180_000);

  afterAll(async () => {
    edge.close();
    await registry.close();
    rmSync(folder, { recursive: true });
  });

  it("run in Node", { timeout: 120_000 }, async ({ expect }) => {
    const { stdout } = await run(process.execPath, ["--import", "./http-imports.mjs", "program.mjs"], { cwd: folder });
    expect(stdout.trim()).toBe(PRINTED);
  });

  it(
    "run in a page: by script alone, and by an import map with integrity",
    { timeout: 120_000 },
    async ({ expect }) => {
      const specifiers = ["react@19.3.1", "react-dom@19.3.1/client"];
      const map = await (
        await fetch(`${edge.url}importmap?${specifiers.map((name) => `import=${name}`).join("&")}`)
      ).text();
      const script = (react: string, client: string): string => `<!doctype html><body><div id="root"></div>
      <script type="module">
        import { createElement, useState } from "${react}";
        import { createRoot } from "${client}";
        const Count = () => createElement("b", null, useState(3)[0]);
        createRoot(document.querySelector("#root")).render(createElement(Count));
      </script>`;
      edge.pages.set("/direct", script("/m/react@19.3.1", "/m/react-dom@19.3.1/client"));
      edge.pages.set("/mapped", `<script type="importmap">${map}</script>${script("react", "react-dom/client")}`);
      const damaged = map.replaceAll("sha384-", "sha384-AAAA");
      edge.pages.set("/damaged", `<script type="importmap">${damaged}</script>${script("react", "react-dom/client")}`);
      const browser = await launchChromium();
      const shown = async (path: string): Promise<string | null> => {
        const page = await browser.newPage();
        await page.goto(edge.url + path, { waitUntil: "networkidle" });
        return page.textContent("#root");
      };
      expect([await shown("direct"), await shown("mapped"), await shown("damaged")]).toEqual(["3", "3", ""]);
      await browser.close();
    },
  );

  it("run in Deno", { timeout: 120_000 }, async ({ expect, skip }) => {
    if (!existsSync(DENO)) skip("npm has no Deno for this system");
    const { host } = new URL(edge.url);
    const flags = ["--no-config", "--no-lock", "--quiet", `--allow-import=${host}`, "--allow-net=127.0.0.1"];
    const env = { ...process.env, DENO_DIR: join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
    const { stdout } = await run(DENO, ["run", ...flags, "program.mjs"], { cwd: folder, env });
    expect(stdout.trim()).toBe(PRINTED);
  });
});

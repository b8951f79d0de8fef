import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decode } from "@jridgewell/sourcemap-codec";
import { afterAll, beforeAll, describe, it } from "vitest";
import { buildWasm, I32 } from "../../fixtures/wasm-builder.ts";
import { createFakeRegistry, type FakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";
import { serveModules, type ServedModules } from "./served-modules.ts";

const WASM = buildWasm({
  types: [[[I32, I32], [I32]]],
  functions: [[0, 0x20, 0, 0x20, 1, 0x6a]],
  exports: [["add", "function", 0]],
});
const PACKAGES = [
  {
    manifest: { name: "state", version: "1.0.0", main: "index.js", types: "types.d.ts" },
    files: {
      "index.js": "exports.count = 0; exports.more = () => ++exports.count;",
      "types.d.ts": "export const count: number;",
    },
  },
  {
    manifest: {
      name: "@scope/user",
      version: "2.0.0",
      type: "module",
      dependencies: { state: "^1.0.0" },
      exports: { ".": { types: "./index.d.ts", default: "./index.js" }, "./later": "./later.js" },
    },
    files: {
      "index.js":
        "// a comment\n\nimport { more } from 'state';\nexport { more };\nexport const later = () => import('./later.js');\nexport const { url } = import.meta;\n",
      "index.d.ts": "export const url: string;",
      "later.js": "import * as state from 'state';\nexport default state;",
      "unreached.js": "export const deep = true;",
    },
  },
  {
    manifest: { name: "binary", version: "1.0.0", type: "module" },
    files: { "index.js": "export { add } from './add.wasm';", "add.wasm": WASM },
  },
];

let registry: FakeRegistry;
let edge: ServedModules;

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(new URL(path, edge.url), { redirect: "manual", ...init });
/** Where a specifier leads. */
const addressOf = async (path: string): Promise<string> => (await ask(path)).headers.get("location") ?? "";
/** Every address that a module imports, and what they import. */
async function reachable(address: string, found = new Map<string, string>()): Promise<Map<string, string>> {
  if (found.has(address)) return found;
  const response = await ask(address);
  const text = await response.text();
  if (!response.ok) throw new Error(`${address}: ${text}`);
  found.set(address, text);
  for (const [, next = ""] of text.matchAll(/(?:from|import) "(\/m\/[^"]+)"/g)) await reachable(next, found);
  return found;
}

describe("modules without a client", () => {
  beforeAll(async () => {
    registry = await createFakeRegistry(PACKAGES);
    edge = await serveModules(registry.host, REGISTRY);
  });
  afterAll(() => edge.close());

  it("are found by range: a redirect that may change, to an address that never does", async ({ expect }) => {
    const response = await ask("m/@scope/user@^2");
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toMatch(/^\/m\/@scope\/user@2\.0\.0\/~[\da-f]{32}\/index\.js$/);
    expect(response.headers.get("cache-control")).toMatch(/max-age=600/);
    const module = await ask(response.headers.get("location") ?? "");
    expect(Object.fromEntries(module.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "access-control-allow-origin": "*",
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
    });
    const etag = module.headers.get("etag") ?? "";
    expect((await ask(response.headers.get("location") ?? "", { headers: { "if-none-match": etag } })).status).toBe(
      304,
    );
  });

  it("share what they depend on, whichever way it is asked for", async ({ expect }) => {
    const own = [...(await reachable(await addressOf("m/state@1"))).keys()].filter((url) => url.includes("as=script"));
    const users = [...(await reachable(await addressOf("m/@scope/user@2"))).keys()];
    expect(own).toHaveLength(1);
    expect(users).toEqual(expect.arrayContaining(own));
  });

  it.for(["m/@scope/user@2", "m/@scope/user@2?single", "importmap?import=@scope/user@2"])(
    "ask the registry no more often, however many want %s at the same time",
    async (path, { expect }) => {
      const requestsOf = async (clients: number): Promise<string[]> => {
        const asked = await createFakeRegistry(PACKAGES);
        const cold = await serveModules(asked.host, REGISTRY);
        try {
          const asking = Array.from({ length: clients }, () => fetch(cold.url + path, { redirect: "manual" }));
          const answers = await Promise.all(asking);
          expect(answers.map(({ status }) => status < 400)).not.toContain(false);
        } finally {
          cold.close();
        }
        return asked.requests.toSorted();
      };
      expect(await requestsOf(5)).toEqual(await requestsOf(1));
    },
  );

  it("keep the lines of their sources", async ({ expect }) => {
    const text = await (await ask(await addressOf("m/@scope/user@2"))).text();
    expect(text.split("\n")[4]).toContain("const later = ");
  });

  it("have source maps to the files that the edge shows", async ({ expect }) => {
    for (const path of ["m/@scope/user@2", "m/state@1"]) {
      const modules = await reachable(await addressOf(path));
      for (const [address, text] of modules) {
        if (/runtime\.js$|as=(?:commonjs|node)/.test(address)) continue;
        const [, url = ""] = /\/\/# sourceMappingURL=(\S+)\n$/.exec(text) ?? [];
        const map = (await (await ask(url)).json()) as { sources: string[]; mappings: string };
        expect(map.sources).toEqual([address.replace(/^\/m\/(.*)\/~[\da-f]+\/([^?]+).*$/, "/~/$1/$2")]);
        expect(map.mappings.split(";").length).toBe(text.split("\n").length);
        expect(map.mappings).toMatch(/^AAAA(?:;AACA)*$/);
      }
    }
  });

  it("come as a single file too, with all that they need", async ({ expect }) => {
    const folder = mkdtempSync(join(tmpdir(), "raya-single-"));
    const single = async (path: string): Promise<Record<string, unknown>> => {
      const address = await addressOf(`${path}?single`);
      expect(address).toMatch(/~[\da-f]{32}\/.*\?as=single$/);
      const response = await ask(address);
      expect(response.headers.get("cache-control")).toContain("immutable");
      const text = await response.text();
      expect(text).not.toMatch(/^import /m);
      expect(await (await ask(address)).text()).toBe(text);
      const file = join(folder, `${path.replace(/\W+/g, "-")}.mjs`);
      // The test's own loader would look for the map on the disk.
      writeFileSync(file, text.replace(/\n\/\/# sourceMappingURL=.*/, ""));
      return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    };
    const user = (await single("m/@scope/user@2")) as { more(): number };
    expect([Object.keys(user), user.more(), user.more()]).toEqual([["later", "more", "url"], 1, 2]);
    expect(Object.keys(await single("m/state@1"))).toEqual(["count", "default", "more"]);
    expect(Object.keys(await single("m/@scope/user@2/later"))).toEqual(["default"]);
    rmSync(folder, { recursive: true });
  });

  it("have a source map as a single file, which leads to where its code comes from", async ({ expect }) => {
    const text = await (await ask(await addressOf("m/@scope/user@2?single"))).text();
    const [, url = ""] = /\/\/# sourceMappingURL=(\S+)\n$/.exec(text) ?? [];
    const response = await ask(url);
    expect(response.headers.get("content-type")).toBe("application/json");
    const map = (await response.json()) as { sources: string[]; mappings: string };
    expect(map.sources).toContain("/~/@scope/user@2.0.0/index.js");
    const lines = decode(map.mappings);
    for (const [wanted, source, sourceLine] of [
      ["++exports.count", "/~/state@1.0.0/index.js", 0],
      ["{ url } =", "/~/@scope/user@2.0.0/index.js", 5],
    ] as const) {
      const line = text.split("\n").findIndex((found) => found.includes(wanted));
      const column = text.split("\n")[line]?.indexOf(wanted) ?? -1;
      const segment = lines[line]?.findLast(([start]) => start <= column);
      expect(map.sources[segment?.[1] ?? -1]).toBe(source);
      expect(segment?.[2]).toBe(sourceLine);
    }
  });

  it("name their type definitions (X-TypeScript-Types)", async ({ expect }) => {
    const types = async (path: string) => (await ask(path)).headers.get("x-typescript-types");
    expect(await types("m/state@1")).toBe(`${edge.url}~/state@1.0.0/types.d.ts`);
    expect(await types("m/@scope/user@2")).toBe(`${edge.url}~/@scope/user@2.0.0/index.d.ts`);
    expect(await types("m/@scope/user@2/later")).toBeNull();
  });

  it("import later what the edge finds for them, by the same versions", async ({ expect }) => {
    const [path] = (await addressOf("m/@scope/user@2")).split("?");
    const later = await ask(`${path}?import=./later.js`);
    expect(later.status).toBe(302);
    expect(later.headers.get("location")).toBe(path?.replace("index.js", "later.js"));
    expect((await ask(`${path}?import=nowhere`)).status).toBe(404);
  });

  it("are there for every file of a package, once its address is known", async ({ expect }) => {
    const [path = ""] = (await addressOf("m/@scope/user@2")).split("?");
    expect(await (await ask(path.replace("index.js", "unreached.js"))).text()).toContain('export { deep as "deep" }');
    expect((await ask(path.replace("index.js", "missing.js"))).status).toBe(404);
    expect((await ask(path.replace(/~[\da-f]+/, `~${"0".repeat(32)}`))).status).toBe(404);
  });

  it("never change: another edge with the same store, and another registry, gives the same bytes", async ({
    expect,
  }) => {
    const before = await reachable(await addressOf("m/@scope/user@2"));
    const other = await serveModules({ ...registry.host, fetch: () => Promise.reject(new Error("offline")) }, REGISTRY);
    for (const [address, text] of before) expect(await (await fetch(new URL(address, other.url))).text()).toBe(text);
    other.close();
  });

  it("have one import map, with the integrity of everything that it leads to", async ({ expect }) => {
    const response = await ask("importmap?import=state@1&import=@scope/user@^2/later");
    expect(response.headers.get("content-type")).toBe("application/importmap+json");
    const map = (await response.json()) as { imports: Record<string, string>; integrity: Record<string, string> };
    expect(Object.keys(map.imports)).toEqual(["state", "@scope/user/later"]);
    for (const address of Object.values(map.imports)) {
      for (const [url, text] of await reachable(address)) {
        const digest = await crypto.subtle.digest("SHA-384", new TextEncoder().encode(text));
        expect(map.integrity[url]).toBe(`sha384-${Buffer.from(digest).toString("base64")}`);
      }
    }
  });

  it("bring WebAssembly with them", async ({ expect }) => {
    const modules = await reachable(await addressOf("m/binary@1"));
    const [address = ""] = [...modules.keys()].filter((url) => url.includes("add.wasm"));
    const file = await ask(`${address}?as=file`);
    expect(file.headers.get("content-type")).toBe("application/wasm");
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(WASM);
  });

  it("are refused as workers, and by names that are none", async ({ expect }) => {
    const address = await addressOf("m/state@1");
    expect((await ask(address, { headers: { "sec-fetch-dest": "serviceworker" } })).status).toBe(403);
    for (const path of [
      "m/https:%2f%2fevil.test%2fa.js",
      "m/..%2f..%2fetc",
      "m/file:%2fa",
      "m/%ff",
      "importmap",
      "importmap?import=http://a",
    ])
      expect([400, 404], path).toContain((await ask(path)).status);
    expect((await ask("m/missing-package")).status).toBe(404);
  });
});

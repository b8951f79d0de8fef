import { describe, it } from "vitest";
import type { Linking } from "../../../src/link/create-linker.ts";
import type { LoaderOptions } from "../../../src/loader.ts";
import { evaluateInNode } from "../../../src/platform/node/evaluate.ts";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";
import { buildWasm, I32 } from "../../fixtures/wasm-builder.ts";

const PACK = {
  manifest: { name: "pack", version: "1.0.0", type: "module" },
  files: { "index.js": 'export { twice } from "native:math";' },
};
const ANSWER = buildWasm({ types: [[[], [I32]]], functions: [[0, 0x41, 42]], exports: [["answer", "function", 0]] });
const MATH = "export const twice = (number) => number * 2;";

/** Loads `/main.js`, with the files beside it, before a registry that has one package. */
async function load(main: string, options: Partial<LoaderOptions> = {}, files: Record<string, string> = {}) {
  const registry = await createFakeRegistry([PACK]);
  return registry.loader(options).load({ entry: "/main.js", files: { "/main.js": main, ...files } });
}

async function run(...given: Parameters<typeof load>): Promise<unknown> {
  const program = await load(...given);
  return ((await evaluateInNode(program.image, program)).namespace as { default: unknown }).default;
}

describe.for<Linking>(["image", "modules"])("R33: native modules, linked as %s", (linking) => {
  it("native:crypto and native:fetch are WebCrypto and fetch", async ({ expect }) => {
    const main = `
      import crypto, { getRandomValues, subtle } from "native:crypto";
      import fetch, { Response } from "native:fetch";
      const digest = await subtle.digest("SHA-256", new Uint8Array());
      export default [digest.byteLength, getRandomValues(new Uint8Array(4)).length, crypto.subtle === subtle,
        typeof fetch, new Response("").status];`;
    expect(await run(main, { linking })).toEqual([32, 4, true, "function", 200]);
  });

  it("others are what the host gives: scripts, which may import packages and each other, and WebAssembly", async ({
    expect,
  }) => {
    const main =
      'import { value } from "native:sum"; import { answer } from "native:answer"; export default [value, answer()];';
    const nativeModules = {
      answer: { source: ANSWER },
      math: { source: MATH, importers: ["pa*"] },
      sum: {
        source:
          'import { twice } from "pack"; import { twice as own } from "native:math"; export const value = twice(1) + own(2);',
      },
    };
    expect(await run(main, { linking, nativeModules })).toEqual([6, 42]);
  });

  it("import() has them too", async ({ expect }) => {
    const main = 'export default (await import("native:math")).twice(4);';
    expect(await run(main, { linking, nativeModules: { math: { source: MATH } } })).toBe(8);
  });

  it("L24: a resolver gives them another prefix, @std/", async ({ expect }) => {
    const std = {
      name: "std",
      prefixes: ["@std/"],
      resolve: async (specifier: string) => specifier.replace("@std/", "native:"),
    };
    const main = 'import { twice } from "@std/math"; export default twice(2);';
    expect(await run(main, { linking, resolvers: [std], nativeModules: { math: { source: MATH } } })).toBe(4);
  });

  it("raya.toml may give one a name of its own", async ({ expect }) => {
    const main =
      'import { twice } from "crypto"; import { twice as other } from "sums"; export default twice(1) + other(1);';
    const files = { "/raya.toml": '[native]\ncrypto = "native:math"\nsums = "native:math"\n' };
    expect(await run(main, { linking, nativeModules: { math: { source: MATH } } }, files)).toBe(4);
  });
});

describe("R33: native modules that are not to be had", () => {
  it("one that the host does not give is an error that names those it gives", async ({ expect }) => {
    await expect(load('import "native:sockets";')).rejects.toMatchObject({
      code: "ERR_NATIVE_MODULE_NOT_FOUND",
      hint: "it has crypto, fetch",
      details: { referrer: "/main.js:1:8" },
    });
  });

  it("a package may import one only where the host says so", async ({ expect }) => {
    const loading = load('import "pack";', { nativeModules: { math: { source: MATH } } });
    await expect(loading).rejects.toMatchObject({ code: "ERR_NATIVE_MODULE_DENIED" });
    await expect(loading).rejects.toThrow('"pack" may not import the native module "math"');
  });

  it("names of [native] lead to nothing else", async ({ expect }) => {
    const loading = load("", {}, { "/raya.toml": '[native]\nx = "npm:x"\n' });
    await expect(loading).rejects.toMatchObject({ code: "ERR_INVALID_PACKAGE_CONFIG" });
  });
});

it("a package that may import one does so in later loads too, whatever is kept of it", async ({ expect }) => {
  const registry = await createFakeRegistry([PACK]);
  const files = { entry: "/main.js", files: { "/main.js": 'export { twice as default } from "pack";' } };
  const nativeModules = { math: { source: MATH, importers: ["pack"] } };
  const loader = registry.loader({ nativeModules, keepLinked: "packages" });
  const { lockfile } = await loader.load(files);
  const again = await loader.load(files, { lockfile, cacheSetting: "only" });
  const { namespace } = await evaluateInNode(again.image, again);
  expect((namespace as { default: (n: number) => number }).default(3)).toBe(6);
  expect(again.lockfile).toBe(lockfile);
  expect(lockfile).not.toContain("native");
});

it("what is kept of a program is not used when a native module is another one", async ({ expect }) => {
  const registry = await createFakeRegistry([]);
  const files = { entry: "/main.js", files: { "/main.js": 'export { n as default } from "native:n";' } };
  const textOf = async (number: number) => {
    const nativeModules = { n: { source: `export const n = ${number};` } };
    const { image } = await registry.loader({ nativeModules }).load(files, { lockfile: "version = 2\n" });
    return JSON.stringify(image);
  };
  const first = await textOf(111);
  expect([first.includes("111"), (await textOf(222)).includes("222"), await textOf(111)]).toEqual([true, true, first]);
});

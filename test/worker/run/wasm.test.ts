import { describe, it } from "vitest";
import { buildWasm, I32 } from "../../fixtures/wasm-builder.ts";
import { answering, ask, run } from "./running.ts";

/** Exports `add`, which adds its two numbers, and the number `answer`. */
const bytes = (answer: number) =>
  buildWasm({
    types: [[[I32, I32], [I32]]],
    functions: [[0, 0x20, 0, 0x20, 1, 0x6a]],
    globals: [[I32, 0, 0x41, answer]],
    exports: [
      ["add", "function", 0],
      ["answer", "global", 0],
    ],
  });

const glue = `
  export const load = async (name) => (await WebAssembly.instantiateStreaming(fetch(name))).instance.exports;
  export const fromUrl = async () => {
    const response = await fetch(new URL("./named.wasm", import.meta.url));
    return new WebAssembly.Instance(new WebAssembly.Module(await response.arrayBuffer())).exports;
  };
  export const text = btoa(String.fromCharCode(...new Uint8Array([0, 0x61, 0x73, 0x6d])));`;
const packages = [
  {
    manifest: { name: "pack", version: "1.0.0", type: "module", exports: "./index.js" },
    files: {
      "index.js": `export * from "./glue.js"; export { add } from "./imported.wasm"; import source compiled from "./source.wasm"; export const module = compiled;`,
      "glue.js": `${glue} const files = ["beside.wasm"]; export const names = files;`,
      "imported.wasm": bytes(1),
      "source.wasm": bytes(6),
      "named.wasm": bytes(2),
      "beside.wasm": bytes(3),
      "unused.wasm": bytes(4),
    },
  },
];

describe("WebAssembly in an isolate", () => {
  it("is imported by name, and as a source", async ({ expect }) => {
    const main = answering(
      "[add(40, 2), module instanceof WebAssembly.Module, new WebAssembly.Instance(module).exports.answer.value]",
      'import { add, module } from "pack";',
    );
    expect(await ask(await run({ "/main.js": main }, { packages }))).toBe("[42,true,6]");
  });

  it("is fetched by its URL, and by a bare name, and compiled from its bytes", async ({ expect }) => {
    const main = answering(
      "[(await fromUrl()).answer.value, (await load('beside.wasm')).answer.value, await load('missing.wasm').catch(({ name }) => name)]",
      'import { fromUrl, load } from "pack";',
    );
    expect(await ask(await run({ "/main.js": main }, { packages }))).toBe('[2,3,"CompileError"]');
  });

  it("stands in code as base64", async ({ expect }) => {
    const inlined = btoa(String.fromCharCode(...bytes(5)));
    const main = answering(
      "[(await WebAssembly.instantiate(data, {})).instance.exports.answer.value, await other()]",
      `const data = Uint8Array.from(atob("${inlined}"), (c) => c.charCodeAt(0));
       const other = () => WebAssembly.compile(data.slice(0, 8)).catch(({ name }) => name);`,
    );
    expect(await ask(await run({ "/main.js": main }))).toBe('[5,"CompileError"]');
  });

  it("comes with an import() too", async ({ expect }) => {
    const main = answering("(await import('pack')).add(1, 2)");
    expect(await ask(await run({ "/main.js": main }, { packages }))).toBe("3");
  });
});

import { expect } from "playwright/test";
import { buildWasm, I32, type WasmSource } from "../fixtures/wasm-builder.ts";
import { test } from "./playground-test.ts";

test.beforeEach(({ playground }) => playground.open());

/** A mutable global `n`, 5 at first, and `inc`. */
const COUNTER: WasmSource = {
  types: [[[], []]],
  globals: [[I32, 1, 0x41, 5]],
  functions: [[0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0]],
  exports: [
    ["n", "global", 0],
    ["inc", "function", 0],
  ],
};

test.describe("WebAssembly as modules", () => {
  test("imports from JavaScript and WebAssembly, live values, import source, import()", async ({
    playground,
    registry,
  }) => {
    const adder: WasmSource = {
      types: [[[], []]],
      imports: [
        ["./counter.wasm", "n", "global", I32, 1],
        ["./log.js", "log", "function", 0],
      ],
      functions: [[0, 0x23, 0, 0x41, 10, 0x6a, 0x24, 0, 0x10, 0]],
      start: 1,
    };
    await registry.publish({
      name: "e2e-wasm",
      manifest: { type: "module" },
      files: {
        "counter.wasm": buildWasm(COUNTER),
        "adder.wasm": buildWasm(adder),
        "log.js": "export const log = () => console.log('started');",
      },
    });
    await playground.runToEnd({
      "/main.js": `
        import * as counter from "e2e-wasm/counter.wasm";
        import "e2e-wasm/adder.wasm";
        import source module from "e2e-wasm/counter.wasm";
        counter.inc();
        const later = await import("e2e-wasm/" + "counter.wasm");
        console.log(counter.n, later.n, module instanceof WebAssembly.Module);`,
    });
    await expect(playground.console()).toHaveText([/started/, /16 16 true/]);
  });

  test("a large one, which engines start only asynchronously", async ({ playground, registry }) => {
    const large = buildWasm({ ...COUNTER, padding: 9 * 1024 * 1024 });
    const url = registry.serve("large.wasm", { body: large, type: "application/wasm" });
    await playground.runToEnd(`import { n } from "${url}"; console.log("n is", n);`);
    await expect(playground.console()).toContainText("n is 5");
  });

  test("what does not link says which import of which module", async ({ playground, registry }) => {
    const wanting = buildWasm({ types: [[[], []]], imports: [["./env.js", "f", "function", 0]] });
    await registry.publish({
      name: "e2e-wasm-unlinked",
      manifest: { type: "module" },
      files: { "x.wasm": wanting, "env.js": "export const f = 1;" },
    });
    const text = await playground.runToError("ERR_EVALUATION_FAILED", 'import "e2e-wasm-unlinked/x.wasm";');
    expect(text).toContain(
      '"e2e-wasm-unlinked@1.0.0/x.wasm" cannot be linked: it imports the function "f" from "./env.js", which is number',
    );
  });

  test("what does not compile has a code", async ({ playground, registry }) => {
    // A function without its end.
    const broken = buildWasm({ types: [[[], [I32]]], functions: [[0]] });
    const url = registry.serve("broken.wasm", { body: broken, type: "application/wasm" });
    expect(await playground.runToError("ERR_SOURCE_PARSE", `import "${url}";`)).toContain("cannot be compiled");
  });
});

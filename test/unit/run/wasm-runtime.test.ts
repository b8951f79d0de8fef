import { describe, it } from "vitest";
import { createWasmRuntime, type WasmRuntime } from "../../../src/run/wasm-runtime.ts";
import { buildWasm, FUNCREF, I32, I64, V128, type WasmSource } from "../../fixtures/wasm-builder.ts";

const BASE = "https://app.test/~/";
const canCompile = await WebAssembly.compile(buildWasm({})).then(
  () => true,
  () => false,
);

/** A realm's part for these modules, all compiled. */
async function prepared(sources: Record<string, WasmSource>): Promise<WasmRuntime> {
  const readBytes = (url: string) => Promise.resolve(buildWasm(sources[url.slice(BASE.length)] ?? {}));
  const runtime = createWasmRuntime({ base: BASE, readBytes });
  await runtime.prepareWasm(Object.keys(sources).map((path) => BASE + path));
  return runtime;
}

/** `n`, a mutable global that starts at 5, `inc`, which adds 1 to it, `five`, a constant, and `memory`. */
const COUNTER: WasmSource = {
  types: [[[], []]],
  memories: [[0, 1]],
  globals: [
    [I32, 1, 0x41, 5],
    [I64, 0, 0x42, 5],
  ],
  functions: [[0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0]],
  exports: [
    ["n", "global", 0],
    ["inc", "function", 0],
    ["five", "global", 1],
    ["memory", "memory", 0],
  ],
};
const url = `${BASE}x@1.0.0/x.wasm`;

describe.runIf(canCompile)("WebAssembly modules in a realm", () => {
  it("the namespace has the exports, sorted; globals give their current value", async ({ expect }) => {
    const runtime = await prepared({ "x@1.0.0/x.wasm": COUNTER });
    const early = runtime.wasmNamespace(url);
    runtime.instantiateWasm(url, []);
    const namespace = runtime.wasmNamespace(url);
    expect(namespace).toBe(early);
    expect(Object.keys(namespace)).toEqual(["five", "inc", "memory", "n"]);
    expect([Object.getPrototypeOf(namespace), String(namespace[Symbol.toStringTag as never])]).toEqual([
      null,
      "Module",
    ]);
    expect([namespace["n"], namespace["five"], namespace["memory"]]).toEqual([5, 5n, expect.any(WebAssembly.Memory)]);
    (namespace["inc"] as () => void)();
    expect(namespace["n"]).toBe(6);
    (runtime.wasmObject(url, "n") as WebAssembly.Global<"i32">).value = 40;
    expect(namespace["n"]).toBe(40);
    expect(() => Object.assign(namespace, { inc: 1 })).toThrow(TypeError);
  });

  it("a binding has no value before the module's turn", async ({ expect }) => {
    const runtime = await prepared({ "x@1.0.0/x.wasm": COUNTER });
    const namespace = runtime.wasmNamespace(url);
    expect(() => namespace["inc"]).toThrow(
      new ReferenceError('Cannot access "inc" of "x@1.0.0/x.wasm" before initialization'),
    );
    expect(() => runtime.wasmObject(url, "n")).toThrow(ReferenceError);
  });

  it("names are any text", async ({ expect }) => {
    const runtime = await prepared({
      x: {
        types: [[[], [I32]]],
        functions: [[0, 0x41, 7]],
        exports: ["__proto__", "*", "", "a b", "ü"].map((name) => [name, "function", 0]),
      },
    });
    runtime.instantiateWasm(`${BASE}x`, []);
    const namespace = runtime.wasmNamespace(`${BASE}x`);
    expect(Object.keys(namespace)).toEqual(["", "*", "__proto__", "a b", "ü"]);
    expect((namespace["__proto__"] as () => number)()).toBe(7);
  });

  it("imports from JavaScript: functions, values, objects; read in order, when it is the module's turn", async ({
    expect,
  }) => {
    const runtime = await prepared({
      x: {
        types: [[[I32], []]],
        imports: [
          ["./env.js", "log", "function", 0],
          ["./env.js", "start", "global", I32, 0],
          ["other", "__proto__", "memory", 0, 1],
          ["./env.js", "live", "global", I32, 1],
        ],
        functions: [[0, 0x23, 0, 0x10, 0, 0x23, 1, 0x10, 0]],
        exports: [
          ["again", "memory", 0],
          ["run", "function", 1],
        ],
      },
    });
    const order: string[] = [];
    const logged: number[] = [];
    const memory = new WebAssembly.Memory({ initial: 1 });
    const live = new WebAssembly.Global({ value: "i32", mutable: true }, 1);
    const give = (name: string, value: unknown) => () => (order.push(name), value);
    runtime.instantiateWasm(`${BASE}x`, [
      give("log", (value: number) => logged.push(value)),
      give("start", 42),
      give("memory", memory),
      give("live", live),
    ]);
    expect(order).toEqual(["log", "start", "memory", "live"]);
    const namespace = runtime.wasmNamespace(`${BASE}x`);
    expect(namespace["again"]).toBe(memory);
    live.value = 2;
    (namespace["run"] as (unused: number) => void)(0);
    expect(logged).toEqual([42, 2]);
  });

  it("WebAssembly gets the memory, the table and the global of other WebAssembly, not their values", async ({
    expect,
  }) => {
    const runtime = await prepared({
      a: {
        ...COUNTER,
        tables: [[FUNCREF, 0, 1]],
        exports: [...(COUNTER.exports ?? []), ["table", "table", 0]],
      },
      b: {
        types: [
          [[], []],
          [[], [I32]],
        ],
        imports: [
          ["./a", "n", "global", I32, 1],
          ["./a", "memory", "memory", 0, 1],
          ["./a", "table", "table", FUNCREF, 0, 1],
          ["./a", "inc", "function", 0],
        ],
        // n = n + 10; inc(); memory[0] = 9
        functions: [[0, 0x23, 0, 0x41, 10, 0x6a, 0x24, 0, 0x10, 0, 0x41, 0, 0x41, 9, 0x36, 2, 0]],
        start: 1,
      },
    });
    const other = (name: string) => () => runtime.wasmObject(`${BASE}a`, name);
    runtime.instantiateWasm(`${BASE}a`, []);
    runtime.instantiateWasm(`${BASE}b`, [other("n"), other("memory"), other("table"), other("inc")]);
    const namespace = runtime.wasmNamespace(`${BASE}a`);
    expect(namespace["n"]).toBe(16);
    expect(new Uint8Array((namespace["memory"] as WebAssembly.Memory).buffer)[0]).toBe(9);
  });

  it.for([
    [
      "undefined as a function",
      "function",
      [0],
      undefined,
      'imports the function "f" from "./env.js", which is undefined',
    ],
    ["an object as a function", "function", [0], {}, 'imports the function "f" from "./env.js", which is object'],
    ["null as a memory", "memory", [0, 1], null, 'imports the memory "f" from "./env.js", which is null'],
    [
      "a function as a global",
      "global",
      [I32, 0],
      () => 1,
      'imports the global "f" from "./env.js", which is function',
    ],
    ["a number for a 64-bit global", "global", [I64, 0], 1, "f"],
    ["a number for a mutable global", "global", [I32, 1], 1, "f"],
  ] as const)("%s is a LinkError that says where", async ([, kind, type, value, text], { expect }) => {
    const runtime = await prepared({
      "x@1.0.0/x.wasm": { types: [[[], []]], imports: [["./env.js", "f", kind, ...type]] },
    });
    const link = () => runtime.instantiateWasm(url, [() => value]);
    expect(link).toThrow(WebAssembly.LinkError);
    expect(link).toThrow('"x@1.0.0/x.wasm" cannot be linked: ');
    expect(link).toThrow(text);
  });

  it("what an import's getter or the start function throws is passed on as it is", async ({ expect }) => {
    const runtime = await prepared({
      getter: { types: [[[], []]], imports: [["a", "b", "function", 0]] },
      trap: { types: [[[], []]], functions: [[0, 0x00]], start: 0 },
    });
    const thrown = new ReferenceError("early");
    const getter = () => {
      throw thrown;
    };
    expect(() => runtime.instantiateWasm(`${BASE}getter`, [getter])).toThrow(thrown);
    expect(() => runtime.instantiateWasm(`${BASE}trap`, [])).toThrow(WebAssembly.RuntimeError);
    expect(() => runtime.wasmObject(`${BASE}trap`, "x")).toThrow(ReferenceError);
  });

  it("a module too large for a synchronous instance", async ({ expect }) => {
    const runtime = await prepared({ x: { ...COUNTER, padding: 9 * 1024 * 1024 } });
    await runtime.instantiateLargeWasm(`${BASE}x`, []);
    expect(runtime.wasmNamespace(`${BASE}x`)["n"]).toBe(5);
  });

  it("a value that JavaScript cannot hold is only an error when it is read", async ({ expect }) => {
    const zero = [0xfd, 0x0c, ...Array<number>(16).fill(0)];
    const runtime = await prepared({ x: { globals: [[V128, 0, ...zero]], exports: [["v", "global", 0]] } });
    runtime.instantiateWasm(`${BASE}x`, []);
    const namespace = runtime.wasmNamespace(`${BASE}x`);
    expect(() => namespace["v"]).toThrow(ReferenceError);
    expect(runtime.wasmObject(`${BASE}x`, "v")).toBeInstanceOf(WebAssembly.Global);
  });

  it("import source: the module, always the same", async ({ expect }) => {
    const runtime = await prepared({ x: COUNTER });
    await Promise.all([runtime.prepareWasm([`${BASE}x`]), runtime.prepareWasm([`${BASE}x`])]);
    expect(runtime.wasmModule(`${BASE}x`)).toBe(runtime.wasmModule(`${BASE}x`));
    expect(runtime.wasmModule(`${BASE}x`)).toBeInstanceOf(WebAssembly.Module);
    expect(() => runtime.wasmModule(`${BASE}y`)).toThrow(expect.objectContaining({ code: "ERR_MODULE_NOT_FOUND" }));
  });

  it("what does not compile is refused with a code, and may be there the next time", async ({ expect }) => {
    const answers = [buildWasm({}).subarray(0, 6), buildWasm({})];
    const readBytes = () => Promise.resolve(answers.shift() ?? new Uint8Array());
    const runtime = createWasmRuntime({ base: BASE, readBytes });
    const error = {
      code: "ERR_SOURCE_PARSE",
      message: expect.stringContaining('"x@1.0.0/x.wasm" cannot be compiled: '),
    };
    await expect(runtime.prepareWasm([url])).rejects.toMatchObject(error);
    await runtime.prepareWasm([url]);
    expect(runtime.wasmModule(url)).toBeInstanceOf(WebAssembly.Module);
  });
});

it.skipIf(canCompile)("a runtime that compiles no WebAssembly says so", async ({ expect }) => {
  const error = {
    name: "LoaderError",
    code: "ERR_EVALUATE_UNAVAILABLE",
    message: expect.stringContaining('"x" cannot run'),
  };
  await expect(prepared({ x: COUNTER })).rejects.toMatchObject(error);
});

import { describe, it } from "vitest";
import { RECORD_FLAGS } from "../../../src/artifact/module-record.ts";
import { compileWasm } from "../../../src/compile/wasm.ts";
import { buildWasm, EXTERNREF, I32 } from "../../fixtures/wasm-builder.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
const section = (id: number, ...body: number[]): number[] => [id, body.length, ...body];
const module = (...sections: number[][]): Uint8Array => new Uint8Array([...HEADER, ...sections.flat()]);

describe("WebAssembly modules", () => {
  it("imports of every kind and exports are read without compiling", ({ expect }) => {
    const imports = section(
      2,
      4,
      ...text("./env.js"),
      ...text("log"),
      0,
      0,
      ...text("./env.js"),
      ...text("memory"),
      2,
      1,
      1,
      2,
      ...text("other"),
      ...text("table"),
      1,
      0x70,
      0,
      1,
      ...text("other"),
      ...text("global"),
      3,
      0x7f,
      1,
    );
    const exports = section(7, 2, ...text("run"), 0, 0, ...text("a b"), 2, 0);
    const record = compileWasm(module(section(1, 0), imports, exports), "x.wasm", "x.wasm");
    expect(record.requests.map(({ specifier }) => specifier)).toEqual(["./env.js", "other"]);
    expect(record.wasm?.imports.map(({ name, kind }) => [name, kind])).toEqual([
      ["log", "function"],
      ["memory", "memory"],
      ["table", "table"],
      ["global", "global"],
    ]);
    expect([...record.names].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(["a b", "run"]);
  });

  it("the record has what is imported and exported, in the module's order, with kinds", ({ expect }) => {
    const bytes = buildWasm({
      types: [[[], []]],
      imports: [
        ["./b.js", "f", "function", 0],
        ["./a.js", "memory", "memory", 3, 1, 2],
        ["wasm:js-string", "length", "function", 0],
        ["./b.js", "f", "global", EXTERNREF, 0],
        ["./a.js", "tag", "tag", 0, 0],
        ["./a.js", "table", "table", 0x63, 0x70, 0, 1],
      ],
      globals: [[I32, 1, 0x41, 0]],
      exports: [
        ["z", "global", 1],
        ["a", "memory", 0],
      ],
    });
    const record = compileWasm(bytes, "x.wasm", "pack@1.0.0/x.wasm");
    expect(record).toMatchObject({ path: "x.wasm", format: "wasm", flags: 0, code: "", names: ["a", "z"] });
    expect(record.requests.map(({ specifier, kind }) => [specifier, kind])).toEqual([
      ["./b.js", "import"],
      ["./a.js", "import"],
    ]);
    expect(record.wasm).toEqual({
      imports: [
        { module: "./b.js", name: "f", kind: "function" },
        { module: "./a.js", name: "memory", kind: "memory" },
        { module: "./b.js", name: "f", kind: "global" },
        { module: "./a.js", name: "tag", kind: "tag" },
        { module: "./a.js", name: "table", kind: "table" },
      ],
      exports: [
        { name: "z", kind: "global" },
        { name: "a", kind: "memory" },
      ],
    });
  });

  it("a module too large for a synchronous instance is one that waits", ({ expect }) => {
    const record = compileWasm(buildWasm({ padding: 8 * 1024 * 1024 }), "x.wasm", "x.wasm");
    expect(record.flags).toBe(RECORD_FLAGS.topLevelAwait);
  });

  it.for([
    ["text", new TextEncoder().encode("<!doctype html>")],
    ["a header alone, cut off", new Uint8Array(HEADER.slice(0, 6))],
    ["a section longer than the file", module([2, 100, 1])],
    ["an export list that ends early", module([7, 3, 5, 1, 97])],
    ["a number without end", module([7, 12, ...Array<number>(12).fill(0xff)])],
  ] as const)("%s is refused with a code", ([, bytes], { expect }) => {
    expect(() => compileWasm(bytes, "x.wasm", "x.wasm")).toThrow(expect.objectContaining({ code: "ERR_SOURCE_PARSE" }));
  });
});

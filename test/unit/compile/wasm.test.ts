import { describe, it } from "vitest";
import { analyseWasm } from "../../../src/compile/wasm.ts";

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
    const analysis = analyseWasm(module(section(1, 0), imports, exports), "x.wasm");
    expect(analysis.requests.map(({ specifier, names }) => [specifier, names])).toEqual([
      ["./env.js", ["log", "memory"]],
      ["other", ["table", "global"]],
    ]);
    expect(analysis.exports).toEqual(["a b", "run"]);
  });

  it.for([
    ["text", new TextEncoder().encode("<!doctype html>")],
    ["a header alone, cut off", new Uint8Array(HEADER.slice(0, 6))],
    ["a section longer than the file", module([2, 100, 1])],
    ["an export list that ends early", module([7, 3, 5, 1, 97])],
    ["a number without end", module([7, 12, ...Array<number>(12).fill(0xff)])],
  ] as const)("%s is refused with a code", ([, bytes], { expect }) => {
    expect(() => analyseWasm(bytes, "x.wasm")).toThrow(expect.objectContaining({ code: "ERR_SOURCE_PARSE" }));
  });
});

import { describe, it } from "vitest";
import { fileWithin } from "../../../src/compile/file-within.ts";

const files = new Map(
  ["index.js", "a.js", "lib/b.js", "lib/deep/c.js", "a b.js", "a%20b.js", "q?x"].map((path) => [path, 0]),
);

describe("the file that a specifier names exactly", () => {
  it.for([
    ["index.js", "./a.js", "a.js"],
    ["index.js", "./lib/b.js", "lib/b.js"],
    ["lib/b.js", "../a.js", "a.js"],
    ["lib/deep/c.js", "../../lib/./b.js", "lib/b.js"],
    ["index.js", "./a b.js", "a b.js"],
    ["index.js", "./a", undefined],
    ["index.js", "./lib", undefined],
    ["index.js", "./lib/", undefined],
    ["index.js", "a.js", undefined],
    ["index.js", "../index.js", undefined],
    ["index.js", ".//a.js", undefined],
    ["index.js", "./a%20b.js", undefined],
    ["index.js", "./a.js?x", undefined],
    ["index.js", "./q?x", undefined],
    ["lib/b.js", ".", undefined],
  ] as const)("from %s, %s: %s", ([path, specifier, expected], { expect }) => {
    expect(fileWithin(path, specifier, files)).toBe(expected);
  });
});

import { describe, it } from "vitest";
import { folderOf, relativeSpecifier } from "../../../src/artifact/relative-specifier.ts";

describe("the shortest relative specifier", () => {
  it.for([
    ["index.js", "a.js", "./a.js"],
    ["index.js", "lib/b.js", "./lib/b.js"],
    ["lib/b.js", "a.js", "../a.js"],
    ["lib/b.js", "lib/c.js", "./c.js"],
    ["lib/b.js", "lib2/c.js", "../lib2/c.js"],
    ["lib/deep/b.js", "lib/c.js", "../c.js"],
    ["lib/deep/b.js", "other/c.js", "../../other/c.js"],
    ["a/b/c/d.js", "a/x/y.js", "../../x/y.js"],
  ] as const)("from %s to %s is %s", ([from, to, expected], { expect }) => {
    expect(relativeSpecifier(folderOf(from), to)).toBe(expected);
  });
});

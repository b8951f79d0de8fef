import { describe, it } from "vitest";
import { readSideEffects } from "../../../src/compile/side-effects.ts";

describe("the sideEffects field", () => {
  it.for([
    [undefined, "a.js", true],
    [true, "a.js", true],
    [false, "a.js", false],
    [[], "a.js", false],
    [["./src/polyfill.js"], "src/polyfill.js", true],
    [["src/polyfill.js"], "src/polyfill.js", true],
    [["/src/polyfill.js"], "src/polyfill.js", true],
    [["./src/polyfill.js"], "other/src/polyfill.js", false],
    ["*.css", "deep/down/a.css", true],
    [["*.css"], "a.css", true],
    [["*.css"], "a.css.js", false],
    [["polyfill.js"], "deep/polyfill.js", true],
    [["./*.css"], "deep/a.css", false],
    [["dist/*"], "dist/a.js", true],
    [["dist/*"], "dist/deep/a.js", false],
    [["dist/**"], "dist/deep/a.js", true],
    [["**/*.css"], "a.css", true],
    [["**/*.css"], "deep/down/a.css", true],
    [["dist/**/index.js"], "dist/index.js", true],
    [["dist/**/index.js"], "dist/a/b/index.js", true],
    [["**/*.{css,scss}"], "x/a.scss", true],
    [["**/*.{css,scss}"], "x/a.sass", false],
    [["**/index.?js"], "x/index.mjs", true],
    [["a+(b).js"], "a+(b).js", true],
    [["[id].js"], "i.js", false],
    [[3], "a.js", true],
    [{}, "a.js", true],
  ] as const)("%j for %s: %s", ([field, path, expected], { expect }) => {
    expect(readSideEffects(field)(path)).toBe(expected);
  });

  it("patterns that are made to take for ever do not", ({ expect }) => {
    const path = `${"a/".repeat(60)}${"a".repeat(200)}`;
    expect(readSideEffects([`${"**/".repeat(40)}b`, `**/${"*a".repeat(60)}b`])(path)).toBe(false);
    expect(readSideEffects(["{a,b}".repeat(40)])("c.js")).toBe(true);
  });
});

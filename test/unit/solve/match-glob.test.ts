import { describe, it } from "vitest";
import { matchesGlob } from "../../../src/solve/match-glob.ts";

describe("matchesGlob", () => {
  it.for([
    ["packages/a", "packages/*", true],
    ["packages/a/b", "packages/*", false],
    ["packages/a/b", "packages/**", true],
    ["packages", "packages/**", true],
    ["a/x/y/b", "a/**/b", true],
    ["a/b", "a/**/b", true],
    ["a/c", "a/**/b", false],
    ["apps/web", "{apps,libs}/*", true],
    ["tools/web", "{apps,libs}/*", false],
    ["libs/core-1", "libs/core-?", true],
    ["libs/core", "libs/*c*re", true],
    ["libs/[x]", "libs/[x]", true],
  ] as const)("P48: %s in %s: %s", ([path, glob, expected], { expect }) => {
    expect(matchesGlob(path, glob)).toBe(expected);
  });

  it("answers at once for patterns that would make a backtracking matcher try for ever", ({ expect }) => {
    expect(matchesGlob("a".repeat(5000), `${"*a".repeat(500)}b`)).toBe(false);
  });
});

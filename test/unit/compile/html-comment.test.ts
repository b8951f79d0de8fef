import { it } from "vitest";
import { compileRecord } from "../../../src/compile/compile-record.ts";

const compile = (source: string): string =>
  compileRecord({ path: "a.mjs", bytes: new TextEncoder().encode(source), shownAs: "a.mjs" }).code;

it("what would begin a comment in a script is taken apart, since images are scripts", ({ expect }) => {
  expect(compile("export const f = (a, b) => a<!--b;")).toContain("a< !--b");
  expect(compile("export const f = (a, b) => 1<a<!--b;")).toContain("1<a< !--b");
  expect(compile('export const text = "<!--";')).toContain('"<!--"');
});

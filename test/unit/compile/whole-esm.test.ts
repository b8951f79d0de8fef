import { describe, it } from "vitest";
import { type ModuleRecord, RECORD_FLAGS } from "../../../src/artifact/module-record.ts";
import { compileRecord } from "../../../src/compile/compile-record.ts";

const compile = (source: string, analysedAtMost?: number): ModuleRecord =>
  compileRecord({ path: "a.mjs", bytes: new TextEncoder().encode(source), shownAs: "a.mjs" }, {}, analysedAtMost);

/** What other modules see of one. */
function interfaceOf({ requests, symbols, exports, reexports, stars }: ModuleRecord) {
  const specifier = (request = -1): string => requests[request]?.specifier ?? "";
  return {
    requests: requests.toSorted((a, b) => a.line - b.line || a.column - b.column),
    imports: symbols
      .filter(({ request }) => request !== undefined)
      .map((at) => ({ ...at, request: specifier(at.request) })),
    exports: exports.map(({ name }) => name).toSorted(),
    reexports: reexports.map((at) => ({ ...at, request: specifier(at.request) })),
    stars: stars.map(specifier),
  };
}

describe("an ES module that is too big to be parsed", () => {
  it.for([
    'import a, { b as c, "d e" as f } from "./x.js"; import * as n from "y"; import "z"; export { a, c as g, n };',
    'import j from "./x.json" with { type: "json" };\nimport{k}from"./k.js"\nexport*from"./s.js";export*as t from"./t.js";export{u as default}from"./u.js"',
    "export const a = () => import('./later.js'), { b: [c = 1], ...d } = { b: [] }, e = function () { return [1, 2] }; let f; export { f };",
    "export let a = 1\nexport var b\nexport class C extends Object { static x = 1 }\nexport async function* g() {}\nf(1, 2); function f() {}",
    "export default class Named {}\nexport function* h() {}",
    "export default async function () {}",
    "export default [1, 2].map((x) => x * 2);",
    "// import x from 'no'\n/* export { no } */ const t = `import 'no' ${'export {no}'}`; export { t as 'no name' };",
  ])("shows the same of itself as one that is parsed: %s", (source, { expect }) => {
    expect(interfaceOf(compile(source, 4))).toEqual(interfaceOf(compile(source)));
  });

  it("keeps every line and column, and no import or export is left", ({ expect }) => {
    const source = 'import {\n  a\n} from "./x.js";\nexport const b = a;\nexport default function () { throw b }\n';
    const { code, lines, flags } = compile(source, 4);
    expect(code.split("\n").map((line) => line.trimEnd())).toEqual([
      "",
      "",
      "               ;",
      "       const b = a;",
      "function $raya          () { throw b }",
      "",
    ]);
    expect(lines).toEqual([1, 2, 3, 4, 5, 6]);
    expect(flags).toBe(RECORD_FLAGS.whole);
  });

  it("gets from the realm what browsers lack, unless it declares it", ({ expect }) => {
    expect(compile("export const a = process.env.X;", 4).globals).toEqual(["process"]);
    expect(compile("const process = 1; export { process };", 4).globals).toEqual([]);
  });
});

import { describe, it } from "vitest";
import { scanImports } from "../../../src/link/scan-imports.ts";

/** `kind specifier: imported as local` of everything that is found. */
function shown(source: string): string[] {
  return scanImports(source).map(({ kind, specifier, names, typeOnly }) => {
    const list = names.map(({ imported, local, typeOnly: ofTypes }) =>
      [
        ofTypes && !typeOnly ? "type " : "",
        imported,
        local === undefined || local === imported ? "" : ` as ${local}`,
      ].join(""),
    );
    return `${kind}${typeOnly ? " type" : ""} ${specifier}${list.length === 0 ? "" : `: ${list.join(", ")}`}`;
  });
}

describe("imports of a source that nobody has parsed", () => {
  it.for([
    ['import "a"', "import a"],
    ['import a from "a"', "import a: default as a"],
    ['import a, { b, c as d } from "a"', "import a: default as a, b, c as d"],
    ['import a, * as b from "a"', "import a: default as a, * as b"],
    ['import{a}from"a"', "import a: a"],
    ['import {\n  a, // one\n  b,\n} from "a";', "import a: a, b"],
    ['import { "a b" as c, default as d } from "a"', "import a: a b as c, default as d"],
    ['import { type A, b, type C as D } from "a"', "import a: type A, b, type C as D"],
    ['import { type, type as a } from "a"', "import a: type, type as a"],
    ['import type A from "a"', "import type a: default as A"],
    ['import type { A } from "a"', "import type a: A"],
    ['import type from "a"', "import a: default as type"],
    ['import type, { a } from "a"', "import a: default as type, a"],
    ['import source a from "a"', "import a: default as a"],
    ['import defer * as a from "a"', "import a: * as a"],
    ['import a from "a" with { type: "json" }', "import a: default as a"],
    ['export * from "a"', "import a: *"],
    ['export * as a from "a"', "import a: *"],
    ['export { a as b, default } from "a"', "import a: a, default"],
    ['export type { A } from "a"', "import type a: A"],
    ['const a = await import("a")', "dynamic a"],
    ['const a = require("a")', "require a"],
    ['require.resolve("a")', "resolve a"],
    ['import.meta.resolve("a")', "resolve a"],
    ['import "\\u0061\\x62\\"c"', 'import ab"c'],
    ['x = { import: 1 }; import "a"', "import a"],
    ['import { a\nimport b from "b"', "import b: default as b"],
    ['const a = <p>don\'t {"}"}</p>;\nimport "a"', "import a"],
  ] as const)("%s", ([source, found], { expect }) => {
    expect(shown(source)).toEqual([found]);
  });

  it.for([
    "// import 'a'",
    "/* import 'a' */",
    '`import "a" ${1}`',
    "\"import 'a'\"",
    '/import "a"/.test(b)',
    "a.import('a')",
    "a.require('a')",
    "import(a)",
    "import.meta.url",
    "export { a, b }",
    "export default a",
    'import a from "',
    "import {",
    "import",
    "export",
  ])("not %s", (source, { expect }) => {
    expect(shown(source).filter((line) => line !== "import : default as a")).toEqual([]);
  });

  it("gives places of what is written", ({ expect }) => {
    const source = 'import a, { b as c } from "d";';
    const [found] = scanImports(source);
    const text = (start: number, end: number): string => source.slice(start, end);
    expect(found && text(found.specifierStart, found.specifierEnd)).toBe('"d"');
    expect(
      found?.names.map(({ start, end, localStart, localEnd }) => [text(start, end), text(localStart, localEnd)]),
    ).toEqual([
      ["a", "a"],
      ["b", "c"],
    ]);
  });
});

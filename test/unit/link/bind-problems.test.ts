import { describe, it } from "vitest";
import { formatError, type LoaderError } from "../../../src/errors.ts";
import type { SourceProblem } from "../../../src/link/source-problem.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

const tools: FakePackage = {
  manifest: { name: "@bob/tools", version: "1.0.0", type: "module", exports: "./index.js" },
  files: { "index.js": "export const helper = 1;\nexport const repeat = 2;\n" },
};
const legacy: FakePackage = {
  manifest: { name: "legacy", version: "1.0.0" },
  files: { "index.js": "exports.known = 1;\n" },
};

async function failure(files: Record<string, string>): Promise<LoaderError> {
  const registry = await createFakeRegistry([tools, legacy]);
  const entry = Object.keys(files)[0] ?? "";
  return registry
    .loader()
    .load({ entry, files })
    .then(
      () => Promise.reject(new Error("it loads")),
      (error: LoaderError) => error,
    );
}

const problemsOf = ({ details }: LoaderError) => details["problems"] as SourceProblem[];
/** The text that a problem underlines. */
function underlined(
  files: Record<string, string>,
  { file, line, column, end }: Omit<SourceProblem, "code" | "message">,
) {
  if (end.line !== line) return `ends on line ${end.line}`;
  return (files[file] ?? "").split("\n")[line - 1]?.slice(column - 1, end.column - 1);
}

describe("imports of names that are not there", () => {
  it("M23, M31: all of them are reported at once, in every file, before anything runs", async ({ expect }) => {
    const files = {
      "/main.js":
        'import def, { drow,\n  line as stroke } from "./chart.js";\nimport { helpr } from "@bob/tools";\nexport { nothing } from "./chart.js";\nthrow 1;',
      "/chart.js": 'import { repaet } from "@bob/tools";\nexport const draw = 1, line = 2;',
    };
    const error = await failure(files);
    expect(error.code).toBe("ERR_EXPORT_NOT_FOUND");
    expect(error.message).toBe(
      `5 imports are wrong:
  /main.js:1:8 "/main.js" imports "default" from "./chart.js", which does not export it
  /main.js:1:15 "/main.js" imports "drow" from "./chart.js", which does not export it; did you mean "draw"?
  /main.js:3:10 "/main.js" imports "helpr" from "@bob/tools", which does not export it; did you mean "helper"?
  /main.js:4:10 "/main.js" imports "nothing" from "./chart.js", which does not export it
  /chart.js:1:10 "/chart.js" imports "repaet" from "@bob/tools", which does not export it; did you mean "repeat"?`,
    );
    expect(problemsOf(error).map((problem) => underlined(files, problem))).toEqual([
      "def",
      "drow",
      "helpr",
      "nothing",
      "repaet",
    ]);
    expect(error.details).toMatchObject({ file: "/main.js", line: 1, column: 8, specifier: "./chart.js" });
  });

  it("M31: a single one is named with its place and the nearest name", async ({ expect }) => {
    const error = await failure({
      "/main.js": 'import { drow } from "./chart.js"; drow();',
      "/chart.js": "export function draw() {}",
    });
    expect(formatError(error)).toBe(
      `"/main.js" imports "drow" from "./chart.js", which does not export it [ERR_EXPORT_NOT_FOUND]
    referrer: /main.js:1:10
    1 | import { drow } from "./chart.js"; drow();
      |          ^
    hint: did you mean "draw"?`,
    );
    expect(problemsOf(error)).toMatchObject([
      {
        suggestion: 'did you mean "draw"?',
        fixes: [{ edits: [{ column: 10, end: { column: 14 }, text: "draw as drow" }] }],
      },
    ]);
  });

  it("M31: in TypeScript the place is the one that was written, behind types that are erased", async ({ expect }) => {
    const files = {
      "/main.ts": 'import { type Shape, drow as paint } from "./chart.ts"; const a: Shape = paint(1 as number);',
      "/chart.ts": "export interface Shape {}\nexport function draw(): Shape { return {}; }",
    };
    const [problem] = problemsOf(await failure(files));
    expect(problem && underlined(files, problem)).toBe("drow");
    expect(problem?.fixes?.[0]?.edits[0]?.text).toBe("draw");
  });

  it("names that two stars give are ambiguous, beside those that are missing", async ({ expect }) => {
    const error = await failure({
      "/main.js": 'import { x } from "./both.js"; import { y } from "./both.js";',
      "/both.js": 'export * from "./a.js"; export * from "./b.js";',
      "/a.js": "export const x = 1;",
      "/b.js": "export const x = 2;",
    });
    expect(problemsOf(error).map(({ code }) => code)).toEqual(["ERR_AMBIGUOUS_EXPORT", "ERR_EXPORT_NOT_FOUND"]);
    expect(error.code).toBe("ERR_AMBIGUOUS_EXPORT");
  });

  it("M27, M28, M30: several export statements and stars add up, and names that are not exported cannot be seen", async ({
    expect,
  }) => {
    const error = await failure({
      "/main.js": 'import { a, b, c, hidden } from "./all.js";',
      "/all.js": 'const a = 1, hidden = 0; export { a }; export const b = 2; export * from "./c.js";',
      "/c.js": "export const c = 3;",
    });
    expect(problemsOf(error).map(({ message }) => message)).toEqual([
      '"/main.js" imports "hidden" from "./all.js", which does not export it',
    ]);
  });

  it("M32: what CommonJS will have is known when it has run: no import of it is refused", async () => {
    const registry = await createFakeRegistry([legacy]);
    const main =
      'import { known, computed } from "legacy"; import * as all from "legacy"; export { known, computed, all };';
    await registry.loader().load({ entry: "/main.js", files: { "/main.js": main } });
  });
});

describe("names that are bound twice", () => {
  it("M25, M26, M58: two imports of one name are named with both places and a way out", async ({ expect }) => {
    const files = {
      "/main.js": 'import { helper } from "./own.js";\nimport { helper } from "@bob/tools";\nhelper;',
      "/own.js": "export const helper = 1;",
    };
    const error = await failure(files);
    expect(formatError(error)).toBe(
      `Import collision: "helper" is already imported from "./own.js" at /main.js:1:10, and imported from "@bob/tools" again [ERR_IMPORT_NAME_CONFLICT]
    referrer: /main.js:2:10
    2 | import { helper } from "@bob/tools";
      |          ^
    hint: use a namespace import to avoid it: import * as tools from "@bob/tools"`,
    );
    const [problem] = problemsOf(error);
    expect(problem && underlined(files, problem)).toBe("helper");
    expect(problem?.related).toMatchObject([{ file: "/main.js", line: 1, column: 10, end: { line: 1, column: 16 } }]);
    expect(problem?.fixes?.[0]?.edits[0]?.text).toBe("helper as helper2");
  });

  it.for([
    ["a function", 'import { a } from "./own.js";\nfunction a() {}', "1:10", "2:10"],
    ["a class", 'import a from "./own.js";\nclass a {}', "1:8", "2:7"],
    ["a constant in a pattern", 'import { b, x as a } from "./own.js";\nconst { c: [a] } = b;', "1:18", "2:13"],
    ["a var in a block", 'import * as a from "./own.js"; if (a) { var a; }', "1:13", "1:45"],
    [
      "a declaration above it that is used before",
      "a();\nfunction a() {}\nimport { a } from './own.js';",
      "2:10",
      "3:10",
    ],
    ["the same import", 'import { a, x as a } from "./own.js";', "1:10", "1:18"],
  ] as const)("M26: an import and %s", async ([, main, first, second], { expect }) => {
    const error = await failure({
      "/main.js": main,
      "/own.js": "export const a = 1, b = {}, x = 2; export default 1;",
    });
    expect(problemsOf(error)).toHaveLength(1);
    const [problem] = problemsOf(error);
    expect(error.code).toBe("ERR_IMPORT_NAME_CONFLICT");
    expect([
      `${problem?.related?.[0]?.line}:${problem?.related?.[0]?.column}`,
      `${problem?.line}:${problem?.column}`,
    ]).toEqual([first, second]);
  });

  it("M26: in TypeScript both places are those that were written", async ({ expect }) => {
    const files = {
      "/main.ts":
        'import { type Shape, a } from "./own.ts";\nconst b: Shape = 1, c = (<number>b) as number, a: number = 2;\nexport { a, b, c };',
      "/own.ts": "export type Shape = number; export const a = 1;",
    };
    const [problem] = problemsOf(await failure(files));
    expect(problem).toMatchObject({ line: 2, column: 48, related: [{ line: 1, column: 22 }] });
  });

  it("M25: collisions of all files are reported with the missing names, each file by itself", async ({ expect }) => {
    const error = await failure({
      "/main.js":
        'import { helper } from "./a.js";\nimport { helper } from "@bob/tools";\nimport { none } from "./a.js";\nhelper(none);',
      "/a.js":
        'import { helper } from "@bob/tools";\nlet repeat; import { repeat, hlper } from "@bob/tools";\nexport { helper };',
    });
    expect(problemsOf(error).map(({ code, file, line }) => [code, file, line])).toEqual([
      ["ERR_IMPORT_NAME_CONFLICT", "/main.js", 2],
      ["ERR_EXPORT_NOT_FOUND", "/main.js", 3],
      ["ERR_IMPORT_NAME_CONFLICT", "/a.js", 2],
      ["ERR_EXPORT_NOT_FOUND", "/a.js", 2],
    ]);
    expect(error.message).toContain("4 imports are wrong");
  });

  it("M75: the same name in different files is no collision", async () => {
    const registry = await createFakeRegistry([tools]);
    const files = {
      "/main.js": 'import { helper } from "@bob/tools"; import "./a.js"; helper;',
      "/a.js": 'import { repeat as helper } from "@bob/tools"; helper;',
    };
    await registry.loader().load({ entry: "/main.js", files });
  });

  it("two declarations of one name stay an error of the source", async ({ expect }) => {
    const error = await failure({ "/main.js": 'import { helper } from "@bob/tools"; let a; let a;' });
    expect(error).toMatchObject({ code: "ERR_SOURCE_PARSE", details: { line: 1, column: 49 } });
  });
});

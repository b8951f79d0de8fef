import { describe, it } from "vitest";
import type { LoaderOptions, Program } from "../../../src/loader.ts";
import { BASE, createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

type Files = Readonly<Record<string, string>>;

/** The program, its image, and what says where a part of the image's text comes from. */
async function linkOne(files: Files, packages: FakePackage[] = []) {
  const program = await link(files, packages);
  const { url, code } = program.image.modules[0] ?? { url: "", code: "" };
  return { program, url, code, sourceOf: (offset: number) => program.locate(`${url}:${placeOf(code, offset)}`) };
}

async function link(files: Files, packages: FakePackage[] = [], options: Partial<LoaderOptions> = {}) {
  const registry = await createFakeRegistry(packages);
  return registry.loader(options).load({ entry: Object.keys(files)[0] ?? "", files });
}

/** Line and column of an offset as engines count them. */
function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/);
  return `${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
}

/** Where the program's image has each of the texts `mark0`, `mark1` …, as `locate` says. */
async function locateMarks(program: Program): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { url, code } of program.image.modules)
    for (const { 0: mark, index } of code.matchAll(/\bmark\d+/g))
      found[mark] = await program.locate(`${url}:${placeOf(code, index)}`);
  return found;
}

/** Where sources have them. */
function marksOf(files: Files, folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [path, text] of Object.entries(files))
    for (const { 0: mark, index } of text.matchAll(/\bmark\d+/g))
      found[mark] = `${BASE}${folder}${path}:${placeOf(text, index)}`;
  return found;
}

const pack = (files: Files, manifest: Record<string, unknown> = {}): FakePackage => ({
  manifest: { name: "pack", version: "1.0.0", ...manifest },
  files,
});

describe("places of an image", () => {
  it("are those of the project's files, to the character", async ({ expect }) => {
    const files = {
      "/main.tsx": `#!/usr/bin/env raya
import { b as renamed, type C } from "./b.ts"; /* a
comment */ const mark = (_: unknown): void => {};
/** @jsxRuntime classic @jsx mark */
interface Props { a: string /* mark */ }

export const value: Props | undefined = undefined; mark(mark0, 1);
export function named<T extends C>(this: void, x: T /* , */): T { return x ?? mark1; }
export default class { private readonly x: number = mark2; y?: string; constructor(public z = 1) { mark(mark3); } }
const element = <div id={1}>{ /* no */ mark4 }</div>;
mark(renamed(1), mark5);
`,
      "/b.ts": `
export type C = unknown;
const mark = 1;   export function b(n: number): number { return n + mark + (mark6 as any); }
`,
    };
    expect(await locateMarks(await link(files))).toEqual(marksOf(files, "project"));
  });

  it("are those of packages, ES modules and CommonJS", async ({ expect }) => {
    const files = {
      "index.mjs": `// one
import mark, { x as mark00 } from "./common.cjs";

/* two */
const mark01 = () => { // three

  return mark00(mark);
};
mark1();
export { mark01 as default };
`,
      "common.cjs": `"use strict";
// comments
exports.x = function () {
  if (process.env.NODE_ENV !== "production") {
    development();
  }
  mark2();
};
`,
    };
    const program = await link({ "/main.ts": `import run from "pack"; run();` }, [pack(files, { main: "index.mjs" })]);
    const found = await locateMarks(program);
    const { mark1, mark2 } = marksOf(files, "pack@1.0.0/");
    expect(found).toMatchObject({ mark1, mark2 });
  });

  it("are right after characters that end lines for engines only, in strings and templates", async ({ expect }) => {
    const files = { "/main.js": `const a = "\u2028", b = \`\r\n\u2029\r\`;\nmark0(a);\n` };
    expect(await locateMarks(await link(files))).toEqual({ mark0: `${BASE}project/main.js:3:1` });
  });

  it("of a name that linking changes are where the name was", async ({ expect }) => {
    const { code, sourceOf } = await linkOne({
      "/main.js": `import { f } from "./a.js";\nimport { f as g } from "./b.js";\nexport default [\n  f(1),\n  g(2)];\n`,
      "/a.js": `export const f = (n) => n;`,
      "/b.js": `export const f = (n) => n;`,
    });
    const at = code.indexOf("f$1(2)");
    expect(await sourceOf(at)).toBe(`${BASE}project/main.js:5:3`);
    expect(await sourceOf(at + 1)).toBe(`${BASE}project/main.js:5:3`);
  });

  it("of a call of a CommonJS export are where the name is, not where its parenthesis is", async ({ expect }) => {
    const { code, sourceOf } = await linkOne({ "/main.js": `import { f } from "pack";\nexport default  f(1);\n` }, [
      pack({ "index.js": "exports.f = (n) => n;" }),
    ]);
    expect(await sourceOf(code.indexOf("(1);"))).toBe(`${BASE}project/main.js:2:17`);
  });

  it("of what the linker wrote are nobody's: such calls are left out of stacks, other text stays", async ({
    expect,
  }) => {
    const { program, url, code } = await linkOne({ "/main.js": `throw new Error();` });
    const located = await program.locate(
      `Error: at ${url}:1:1\n    at ${url}:1:1\n    at run (${url}:1:2)\n    at own (x:1:1)`,
    );
    expect(located).toBe(`Error: at ${url}:1:1\n    at own (x:1:1)`);
    const thrown = `${url}:${placeOf(code, code.indexOf("throw"))}`;
    expect(await program.locate(`run@${url}:1:1\nmain@${thrown}\n@x:1:1`)).toBe(
      `main@${BASE}project/main.js:1:1\n@x:1:1`,
    );
  });

  it("are known of a program whose image was stored, too", async ({ expect }) => {
    const files = { "/main.js": `\n// one\nmark0();\n` };
    const registry = await createFakeRegistry([]);
    const project = { entry: "/main.js", files };
    const { lockfile } = await registry.loader().load(project);
    const stored = await registry.loader().load(project, { lockfile });
    expect(registry.events.some(({ stage, kind }) => stage === "link" && kind === "hit")).toBe(true);
    expect(await locateMarks(stored)).toEqual(marksOf(files, "project"));
  });

  it("are known for what is imported later too", async ({ expect }) => {
    const files = { "/main.js": `export default () => import("./" + "later.js");`, "/later.js": `\n\nmark0();` };
    const program = await link(files);
    const part = await program.importModule("./later.js", `${BASE}project/main.js`);
    const { url, code } = part.modules[0] ?? { url: "", code: "" };
    const place = `${url}:${placeOf(code, code.indexOf("mark0"))}`;
    expect(await program.locate(place)).toBe(marksOf(files, "project")["mark0"]);
  });
});

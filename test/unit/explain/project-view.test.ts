import { describe, it } from "vitest";
import { createProjectView, type ProjectView } from "../../../src/explain/project-view.ts";
import type { SourceEdit, SourcePlace } from "../../../src/link/source-problem.ts";
import { BASE, createFakeRegistry, type FakePackage, REGISTRY } from "../../fixtures/fake-registry.ts";

const PACKAGES: readonly FakePackage[] = [
  {
    manifest: {
      name: "view",
      version: "19.1.0",
      exports: {
        ".": { node: "./node.js", deno: "./node.js", import: { development: "./dev.js", default: "./view.js" } },
        "./parts/*": "./parts/*.js",
        "./parts/hidden": null,
      },
      dependencies: { shared: "^2.0.0" },
    },
    files: {
      "view.js":
        'export { shared } from "shared"; export const render = 1, hydrate = 2; export * from "./parts/more.js";',
      "node.js": "export {}",
      "dev.js": "export {}",
      "parts/more.js": "export const more = 3;",
    },
  },
  {
    manifest: {
      name: "legacy",
      version: "1.0.0",
      main: "main.js",
      module: "none.js",
      browser: { "./main.js": "./web.js" },
      dependencies: { shared: "^2.0.0", view: "*" },
    },
    files: {
      "main.js": "exports.a = 1;",
      "web.js": 'exports.a = require("shared"); require("view");',
      "lib/deep.js": "",
    },
  },
  {
    manifest: { name: "shared", version: "2.3.0", type: "module", main: "./index" },
    files: { "index.js": "export const shared = 1;" },
  },
];

const FILES: Readonly<Record<string, string>> = {
  "/main.ts": `import { render, more, type Options } from "view";
import legacy from "legacy";
import { chart } from "./lib/chart.js";
render(chart, legacy, more);
`,
  "/lib/chart.ts": 'export * from "./axis.ts";\nexport const chart = 1;\n',
  "/lib/axis.ts": "export const axis = 1;\n",
};

/** A project whose packages are locked and stored. The network of the view is watched. */
async function openProject(files: Readonly<Record<string, string>> = FILES) {
  const registry = await createFakeRegistry(PACKAGES);
  const { lockfile } = await registry.loader().load({ entry: "/main.ts", files: FILES });
  registry.requests.length = 0;
  const view = createProjectView(registry.host, { registry: REGISTRY, base: BASE }, { files, lockfile });
  return { view, registry, lockfile };
}

/** The position of the cursor, marked by `|`. */
function cursor(text: string) {
  const before = text.slice(0, text.indexOf("|")).split("\n");
  return { text: text.replace("|", ""), position: { line: before.length, column: (before.at(-1) ?? "").length + 1 } };
}

async function explainAt(view: ProjectView, marked: string) {
  const { text, position } = cursor(marked);
  view.setFile("/main.ts", text);
  return view.explain("/main.ts", position);
}

function textAt(text: string, { line, column, end }: SourcePlace): string {
  const lines = text.split("\n").slice(line - 1, end.line);
  lines[lines.length - 1] = (lines.at(-1) ?? "").slice(0, end.column - 1);
  return lines.join("\n").slice(column - 1);
}

function applied(text: string, edits: readonly SourceEdit[]): string {
  let result = text;
  for (const { line, column, end, text: replacement } of edits) {
    const offset = (at: number, col: number): number =>
      text
        .split("\n")
        .slice(0, at - 1)
        .join("\n").length +
      (at > 1 ? 1 : 0) +
      col -
      1;
    result = result.slice(0, offset(line, column)) + replacement + result.slice(offset(end.line, end.column));
  }
  return result;
}

describe("where a specifier goes, and why", () => {
  it("L4: an import map, and a project's package.json, come first", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    const files = {
      "/main.ts": 'import "x"; import "#y"; import "our:z";',
      "/package.json": '{ "imports": { "#y": "./y.ts" } }',
      "/x.ts": "",
      "/y.ts": "",
    };
    const resolvers = [{ name: "ours", prefixes: ["our:"], resolve: () => "/x.ts" }];
    const options = { registry: REGISTRY, base: BASE, importMap: { imports: { x: "/x.ts" } }, resolvers };
    const view = createProjectView(registry.host, options, { files });
    const [mapped, own] = [
      await view.explain("/main.ts", { line: 1, column: 9 }),
      await view.explain("/main.ts", { line: 1, column: 21 }),
    ];
    expect(mapped?.steps.map(({ rule, gives }) => [rule, gives])).toEqual([
      ["import-map", "/x.ts"],
      ["project", "/x.ts"],
    ]);
    expect(own?.steps.map(({ rule, gives }) => [rule, gives])).toEqual([
      ["project", "/y.ts"],
      ["project", "/y.ts"],
    ]);
    const resolved = await view.explain("/main.ts", { line: 1, column: 34 });
    expect(resolved?.steps[0]).toMatchObject({
      rule: "resolver",
      because: expect.stringContaining('"ours"'),
      gives: "/x.ts",
    });
    expect([mapped?.target?.path, own?.target?.path]).toEqual(["/x.ts", "/y.ts"]);
  });

  it("R13: a package: the lockfile's entry, then the key and the conditions of its exports", async ({ expect }) => {
    const { view, registry } = await openProject();
    const explained = await explainAt(view, 'import { render } from "vi|ew"; render();');
    expect(explained).toMatchObject({
      specifier: "view",
      place: { line: 1, column: 24, end: { line: 1, column: 30 } },
      target: { kind: "package", package: "view@19.1.0", path: "view.js", url: `${BASE}view@19.1.0/view.js` },
    });
    expect(explained?.steps).toEqual([
      { rule: "specifier", because: '"view" names the package "view", any version of it', gives: "view@*" },
      {
        rule: "lock",
        because: 'the lockfile has "view@*" at 19.1.0',
        source: "raya.lock",
        entry: 'imports["view@*"]',
        gives: "view@19.1.0",
      },
      {
        rule: "exports",
        because: 'its "exports" has "./view.js" for "."; "node", "deno", "development" not in force',
        source: "view@19.1.0/package.json",
        entry: 'exports["."].import.default',
        gives: "view@19.1.0/view.js",
      },
    ]);
    expect(registry.requests).toEqual([]);
  });

  it("a pattern of exports is named as it stands in package.json", async ({ expect }) => {
    const { view } = await openProject();
    const explained = await explainAt(view, 'import "view/parts/mo|re";');
    expect(explained?.steps.at(-1)).toMatchObject({
      entry: 'exports["./parts/*"]',
      gives: "view@19.1.0/parts/more.js",
    });
  });

  it("a package without exports: the field that names its entry, and what the browser map makes of it", async ({
    expect,
  }) => {
    const { view } = await openProject();
    const explained = await explainAt(view, 'import "lega|cy";');
    expect(explained?.steps.slice(2).map(({ rule, entry, gives }) => [rule, entry, gives])).toEqual([
      ["field", "main", "legacy@1.0.0/main.js"],
      ["browser", "browser", "legacy@1.0.0/web.js"],
    ]);
    expect(explained?.target).toMatchObject({ path: "web.js" });
    const deep = await explainAt(view, 'import "legacy/lib/de|ep";');
    expect(deep?.steps.at(-1)).toMatchObject({ rule: "probe", gives: "legacy@1.0.0/lib/deep.js" });
  });

  it("R18: a file of the project, with the ending that it was found by", async ({ expect }) => {
    const { view } = await openProject();
    const explained = await explainAt(view, 'export * from "./lib/ch|art.js";');
    expect(explained?.steps.map(({ rule, gives }) => [rule, gives])).toEqual([
      ["specifier", "/lib/chart.js"],
      ["project", "/lib/chart.ts"],
    ]);
    expect(explained?.target).toEqual({ kind: "project", url: `${BASE}project/lib/chart.ts`, path: "/lib/chart.ts" });
  });

  it("what goes nowhere has the steps up to there, and the loader's own error", async ({ expect }) => {
    const { view } = await openProject();
    const hidden = await explainAt(view, 'import "view/parts/hid|den";');
    expect(hidden?.steps.map(({ rule }) => rule)).toEqual(["specifier", "lock"]);
    expect(hidden?.error).toMatchObject({ code: "ERR_PACKAGE_PATH_NOT_EXPORTED" });
    expect(hidden?.target).toBeUndefined();
    expect((await explainAt(view, 'import "./no|ne.ts";'))?.error?.code).toBe("ERR_MODULE_NOT_FOUND");
    expect((await explainAt(view, 'import "unkn|own";'))?.error?.code).toBe("ERR_LOCKFILE_STALE");
    expect((await explainAt(view, 'import "view@|";'))?.error?.code).toBe("ERR_INVALID_RANGE");
  });

  it("answers in files that do not parse, for every way of asking, and not in strings", async ({ expect }) => {
    const { view } = await openProject();
    const at = async (marked: string) => (await explainAt(view, marked))?.target?.path;
    expect(await at('const a = {{\nimport { x } from "vi|ew";\n')).toBe("view.js");
    expect(await at('async () => await import("./lib/axi|s.ts")')).toBe("/lib/axis.ts");
    expect(await at('import.meta.resolve("./lib/axi|s.ts")')).toBe("/lib/axis.ts");
    expect(await at("const text = \"import 'vi|ew'\";")).toBeUndefined();
    expect(await at('// import "vi|ew"')).toBeUndefined();
    expect(await at('import "view"; const after| = 1;')).toBeUndefined();
  });

  it("says what a module of Node is made of", async ({ expect }) => {
    const { view } = await openProject();
    const explained = await explainAt(view, 'import fs from "node:f|s";');
    expect(explained?.steps.at(-1)).toMatchObject({ rule: "builtin", gives: "node:fs" });
    expect(explained?.target?.kind).toBe("builtin");
  });
});

describe("L43 L44: what is wrong with a file", () => {
  it("nothing, where the loader would load it", async ({ expect }) => {
    const { view, registry } = await openProject();
    for (const path of Object.keys(FILES)) expect(await view.problems(path)).toEqual([]);
    expect(registry.requests).toEqual([]);
  });

  it("M23, M31: names that files and packages do not export, each with its range and a fix that works", async ({
    expect,
  }) => {
    const { view } = await openProject();
    const text =
      'import { rendr, type Options, shard as s } from "view";\nimport { axes } from "./lib/chart.ts";\nrendr(s, axes);';
    view.setFile("/main.ts", text);
    const problems = await view.problems("/main.ts");
    expect(
      problems.map((problem) => [problem.severity, problem.code, textAt(text, problem), problem.suggestion]),
    ).toEqual([
      ["error", "ERR_EXPORT_NOT_FOUND", "rendr", 'did you mean "render"?'],
      ["error", "ERR_EXPORT_NOT_FOUND", "shard", 'did you mean "shared"?'],
      ["error", "ERR_EXPORT_NOT_FOUND", "axes", 'did you mean "axis"?'],
    ]);
    let fixed = text;
    for (const { fixes } of problems.toReversed()) fixed = applied(fixed, fixes?.[0]?.edits ?? []);
    view.setFile("/main.ts", fixed);
    expect(await view.problems("/main.ts")).toEqual([]);
  });

  it("M26, M58: a name that is bound twice, with the other place and a fix that works", async ({ expect }) => {
    const { view } = await openProject();
    const text =
      'import { render } from "view";\nimport { chart } from "./lib/chart.ts";\nfunction render() {}\nchart(render);';
    view.setFile("/main.ts", text);
    const [problem, ...others] = await view.problems("/main.ts");
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "ERR_IMPORT_NAME_CONFLICT", line: 3, related: [{ line: 1, column: 10 }] });
    view.setFile("/main.ts", applied(text, problem?.fixes?.[0]?.edits ?? []));
    expect(await view.problems("/main.ts")).toEqual([]);
  });

  it("imports that lead nowhere, with the specifier's range and the nearest file or package", async ({ expect }) => {
    const { view } = await openProject();
    const text = 'import "./lib/chrat.ts";\nimport "veiw";\nimport("./none.ts");\nimport "view/none";';
    view.setFile("/main.ts", text);
    const problems = await view.problems("/main.ts");
    expect(problems.map((problem) => [problem.severity, problem.code, textAt(text, problem)])).toEqual([
      ["error", "ERR_MODULE_NOT_FOUND", '"./lib/chrat.ts"'],
      ["information", "ERR_LOCKFILE_STALE", '"veiw"'],
      ["warning", "ERR_MODULE_NOT_FOUND", '"./none.ts"'],
      ["error", "ERR_PACKAGE_PATH_NOT_EXPORTED", '"view/none"'],
    ]);
    expect(applied(text, problems[0]?.fixes?.[0]?.edits ?? [])).toContain('import "./lib/chart.ts";');
    expect(applied(text, problems[1]?.fixes?.[0]?.edits ?? [])).toContain('import "view";');
  });

  it("what does not parse, at its place", async ({ expect }) => {
    const { view } = await openProject();
    view.setFile("/main.ts", 'import "none";\nconst broken = = 1;');
    expect(await view.problems("/main.ts")).toMatchObject([
      { code: "ERR_SOURCE_PARSE", line: 2, column: 16, end: { line: 2, column: 17 }, severity: "error" },
    ]);
  });

  it("follows the edits of other files", async ({ expect }) => {
    const { view } = await openProject();
    expect(await view.problems("/main.ts")).toEqual([]);
    view.setFile("/lib/axis.ts", "export const axis = 1, chart = 2;");
    view.setFile("/lib/chart.ts", 'export * from "./axis.ts";');
    expect(await view.problems("/main.ts")).toEqual([]);
    view.setFile("/lib/axis.ts", "export const axis = 1;");
    expect(await view.problems("/main.ts")).toMatchObject([{ code: "ERR_EXPORT_NOT_FOUND", line: 3 }]);
    view.setFile("/lib/chart.ts", undefined);
    expect(await view.problems("/main.ts")).toMatchObject([{ code: "ERR_MODULE_NOT_FOUND", line: 3 }]);
    await expect(view.problems("/lib/chart.ts")).rejects.toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
  });

  it("M33: what every realm has is exported by no module, and what a module has for itself neither", async ({
    expect,
  }) => {
    const { view } = await openProject();
    const text =
      'import { console, globalThis, meta, Object } from "./lib/axis.ts"; [console, globalThis, meta, Object];';
    view.setFile("/main.ts", text);
    const problems = await view.problems("/main.ts");
    expect(problems.map((problem) => textAt(text, problem))).toEqual(["console", "globalThis", "meta", "Object"]);
  });

  it("M24, M29: a namespace is never missing; what two files in a circle export at their ends is there", async ({
    expect,
  }) => {
    const { view } = await openProject({
      "/main.ts": 'import * as all from "./a.ts"; import { late } from "./a.ts"; export { all, late };',
      "/a.ts": 'import { back } from "./b.ts"; export * from "./b.ts"; back; export { late }; const late = 1;',
      "/b.ts": 'export * from "./a.ts"; import { late } from "./a.ts"; late; const back = 1; export { back };',
    });
    for (const path of ["/main.ts", "/a.ts", "/b.ts"]) expect(await view.problems(path)).toEqual([]);
  });

  it("L42: reads each package of the store once, whatever is typed", async ({ expect }) => {
    const { registry, lockfile } = await openProject();
    let reads = 0;
    const bytes = {
      ...registry.host.bytes,
      get: (key: string) => (reads++, registry.host.bytes.get(key)),
    };
    const view = createProjectView(
      { ...registry.host, bytes },
      { registry: REGISTRY, base: BASE },
      { files: FILES, lockfile },
    );
    await view.problems("/main.ts");
    const readFirst = reads;
    expect(readFirst).toBeGreaterThan(0);
    for (let count = 0; count < 3; count++) {
      view.setFile("/main.ts", `${FILES["/main.ts"]}// ${count}`);
      await view.problems("/main.ts");
      await view.explain("/main.ts", { line: 1, column: 50 });
    }
    expect(reads).toBe(readFirst);
  });

  it("questions that overlap edits are answered each for itself", async ({ expect }) => {
    const { view } = await openProject();
    const before = view.problems("/main.ts");
    view.setFile("/lib/chart.ts", "export const other = 1;");
    const after = view.problems("/main.ts");
    const [first, second] = await Promise.all([before, after]);
    expect([first, second.map(({ code }) => code)]).toEqual([[], ["ERR_EXPORT_NOT_FOUND"]]);
  });

  it("L41: follows the lockfile", async ({ expect }) => {
    const { view, lockfile } = await openProject();
    view.setLockfile("version = 1\n");
    expect(await view.problems("/main.ts")).toMatchObject([
      { code: "ERR_LOCKFILE_STALE" },
      { code: "ERR_LOCKFILE_STALE" },
    ]);
    expect(() => view.setLockfile("version = 99")).toThrow(expect.objectContaining({ code: "ERR_LOCKFILE_VERSION" }));
    view.setLockfile(lockfile);
    expect(await view.problems("/main.ts")).toEqual([]);
  });

  it("R9: of packages that are not stored it says so, and asks nobody", async ({ expect }) => {
    const { lockfile } = await openProject();
    const empty = await createFakeRegistry(PACKAGES);
    const view = createProjectView(empty.host, { registry: REGISTRY, base: BASE }, { files: FILES, lockfile });
    expect(await view.problems("/main.ts")).toMatchObject([
      { code: "ERR_NOT_CACHED", line: 1, severity: "information" },
      { code: "ERR_NOT_CACHED", line: 2, severity: "information" },
    ]);
    expect((await view.explain("/main.ts", { line: 1, column: 45 }))?.steps.map(({ rule }) => rule)).toEqual([
      "specifier",
      "lock",
    ]);
    expect(empty.requests).toEqual([]);
    await empty.loader().load({ entry: "/main.ts", files: FILES }, { lockfile });
    expect(await view.problems("/main.ts")).toEqual([]);
  });

  it("a file that is no module is the problem of who imports it as one", async ({ expect }) => {
    const { view } = await openProject({
      "/main.ts": 'import "./notes.md"; import text from "./more.md" with { type: "text" }; text;',
      "/notes.md": "import x",
      "/more.md": "y",
    });
    expect(await view.problems("/main.ts")).toMatchObject([{ code: "ERR_UNKNOWN_MODULE_FORMAT", column: 8 }]);
    expect(await view.problems("/notes.md")).toEqual([]);
  });
});

describe("what a file imports", () => {
  it("M57: every name with what it stands for and its place", async ({ expect }) => {
    const { view } = await openProject();
    const text = FILES["/main.ts"] ?? "";
    const bindings = view.bindings("/main.ts");
    expect(bindings.map(({ local, imported, specifier, typeOnly }) => [local, imported, specifier, typeOnly])).toEqual([
      ["render", "render", "view", false],
      ["more", "more", "view", false],
      ["Options", "Options", "view", true],
      ["legacy", "default", "legacy", false],
      ["chart", "chart", "./lib/chart.js", false],
    ]);
    for (const { local, place } of bindings) expect(textAt(text, place)).toBe(local);
  });
});

describe("why a package is there", () => {
  it("every chain from the project, with the places that ask for it, shortest first", async ({ expect }) => {
    const { view } = await openProject();
    const report = view.why("shared");
    expect(report).toMatchObject({ packages: ["shared@2.3.0"], isComplete: true });
    expect(report.chains.map(({ request, packages }) => [request, ...packages])).toEqual([
      ["legacy@*", "legacy@1.0.0", "shared@2.3.0"],
      ["view@*", "view@19.1.0", "shared@2.3.0"],
      ["legacy@*", "legacy@1.0.0", "view@19.1.0", "shared@2.3.0"],
    ]);
    expect(report.chains[0]?.places).toMatchObject([{ file: "/main.ts", line: 2, column: 20 }]);
  });

  it("by version, with a limit, and of what is not there nothing", async ({ expect }) => {
    const { view } = await openProject();
    expect(view.why("shared@2.3.0", 2)).toMatchObject({ isComplete: false, chains: [{}, {}] });
    expect(view.why("nothing")).toEqual({ packages: [], chains: [], isComplete: true });
  });
});

import { describe, it } from "vitest";
import { browserRules, nodeRules } from "../../../src/resolve/entry-rules.ts";
import type { LanguageRules } from "../../../src/resolve/language-entry.ts";
import { createModuleTree } from "../../../src/resolve/module-tree.ts";
import { assertNoPackageCycle } from "../../../src/resolve/package-cycle.ts";
import { resolveInTree } from "../../../src/resolve/resolve-in-tree.ts";

/** Files by path; what is no text is JSON. */
function treeOf(files: Readonly<Record<string, unknown>>, workspaces: Readonly<Record<string, string>> = {}) {
  const texts = Object.entries(files).map(([path, value]): [string, string] => [
    path,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return createModuleTree(new Map(texts), { workspaceFolder: (name) => workspaces[name]?.replace(/^\//, "") });
}

const lumina: LanguageRules = { field: "lumina", extensions: [".lm", ".lumina"], strict: true };
const rules = browserRules("import", "production");

const tree = treeOf(
  {
    "/main.lm": "",
    "/node_modules/json/package.json": { lumina: "./src/index.lm", main: "./index.js" },
    "/node_modules/json/src/index.lm": "",
    "/node_modules/json/index.js": "",
    "/node_modules/@lumina/json/package.json": {
      lumina: { ".": "./src/index.lm", "./parser": { browser: "./src/parser.lumina" }, "./gone": "./src/gone.lm" },
    },
    "/node_modules/@lumina/json/src/index.lm": "",
    "/node_modules/@lumina/json/src/parser.lumina": "",
    "/node_modules/mixed/package.json": { lumina: { ".": "./a.lm", "./js": "./b.js", "./up": "./../x.lm" } },
    "/node_modules/mixed/a.lm": "",
    "/node_modules/mixed/b.js": "",
    "/node_modules/plain/package.json": { main: "./index.js" },
    "/node_modules/plain/index.js": "",
    "/node_modules/hidden/package.json": { exports: { ".": "./index.js", "./lm": "./x.lm" } },
    "/node_modules/hidden/index.js": "",
    "/node_modules/hidden/x.lm": "",
    "/packages/json/package.json": { name: "ours", lumina: "./index.lm" },
    "/packages/json/index.lm": "",
    "/node_modules/ours/package.json": { lumina: "./other.lm" },
    "/node_modules/ours/other.lm": "",
  },
  { ours: "/packages/json" },
);

const resolve = (specifier: string, language: LanguageRules = lumina) =>
  resolveInTree(specifier, "/main.lm", { tree, rules, language, details: { referrer: "/main.lm:1:8" } });

describe("packages of a language with a field of its own", () => {
  it.for([
    ["L19 L28: a string is the default", "json", "/node_modules/json/src/index.lm"],
    ["L20 L28: a map's own entry", "@lumina/json", "/node_modules/@lumina/json/src/index.lm"],
    ["L20 L27: a map's subpath, by condition", "@lumina/json/parser", "/node_modules/@lumina/json/src/parser.lumina"],
    ["L29 L40: the workspace comes before node_modules", "ours", "/packages/json/index.lm"],
    ["L30: an ending of the language left out", "./node_modules/mixed/a", "/node_modules/mixed/a.lm"],
    ["L23: a path beside the importer", "./node_modules/plain/index.js", "/node_modules/plain/index.js"],
  ] as const)("%s", ([, specifier, path], { expect }) => {
    expect(resolve(specifier)).toEqual({ kind: "file", path, suffix: "" });
  });

  it.for([
    ["L46: a package that is not there", "nope", "PKG-001", '"nope" is neither in the workspace nor in node_modules'],
    ["L22 L47: a package without the field", "plain", "PKG-002", 'The package.json of "plain" has no "lumina" field'],
    [
      "L48: a subpath of the string form",
      "json/parser",
      "PKG-003",
      'The "lumina" field of "json", asked for "./parser"',
    ],
    ["L48: a subpath that the map does not have", "@lumina/json/x", "PKG-003", 'asked for "./x"'],
    ["L48: a target that is not there", "@lumina/json/gone", "PKG-003", 'names "src/gone.lm", which is not there'],
    ["L48: a target that climbs", "mixed/up", "PKG-003", "which is not allowed"],
    ["L31: a file of another language", "mixed/js", "PKG-003", 'names "b.js", which does not end in .lm, .lumina'],
  ] as const)("%s is refused", ([, specifier, code, message], { expect }) => {
    const error = { code, message: expect.stringContaining(message), stage: "resolve" };
    expect(() => resolve(specifier)).toThrow(expect.objectContaining(error));
  });

  it("L22: without strictness a package that has no such field is an npm package", ({ expect }) => {
    const relaxed = { ...lumina, strict: false };
    expect(resolve("plain", relaxed)).toMatchObject({ path: "/node_modules/plain/index.js" });
    expect(resolve("json", relaxed)).toMatchObject({ path: "/node_modules/json/src/index.lm" });
  });

  it("L50: exports alone do not lead to files of the language", ({ expect }) => {
    const relaxed = { ...lumina, strict: false };
    expect(resolve("hidden", relaxed)).toMatchObject({ path: "/node_modules/hidden/index.js" });
    expect(() => resolve("hidden/lm", relaxed)).toThrow(expect.objectContaining({ code: "PKG-002" }));
  });

  it("the field's name is the caller's", ({ expect }) => {
    const raya: LanguageRules = { field: "raya", extensions: [".raya"], strict: true };
    const own = treeOf({ "/node_modules/p/package.json": { raya: "./p.raya" }, "/node_modules/p/p.raya": "" });
    const target = resolveInTree("p", "/main.raya", { tree: own, rules, language: raya, details: {} });
    expect(target).toMatchObject({ path: "/node_modules/p/p.raya" });
  });
});

describe("L45 L49: cycles between packages, for languages that do not allow them", () => {
  const dependencies: Readonly<Record<string, readonly string[]>> = {
    app: ["a", "shared"],
    a: ["b", "shared"],
    b: ["c"],
    shared: [],
    c: ["a"],
  };

  it("PKG-004 names the chain", ({ expect }) => {
    const message = '"a" depends on itself: a → b → c → a';
    expect(() => assertNoPackageCycle("app", (name) => dependencies[name] ?? [], {})).toThrow(
      expect.objectContaining({ code: "PKG-004", message }),
    );
  });

  it("a package that two need is no cycle", ({ expect }) => {
    expect(() =>
      assertNoPackageCycle("app", (name) => (name === "c" ? [] : (dependencies[name] ?? [])), {}),
    ).not.toThrow();
  });
});

describe("L25 L26 L39 L40 P69: the walk through a tree", () => {
  const files = {
    "/package.json": { name: "app", imports: { "#config": "./config.js" } },
    "/config.js": "",
    "/src/main.js": "",
    "/node_modules/dep/package.json": {
      version: "1.0.0",
      main: "./main.js",
      browser: { "./node.js": "./web.js", fs: false },
    },
    "/node_modules/dep/main.js": "",
    "/node_modules/dep/node.js": "",
    "/node_modules/dep/web.js": "",
    "/node_modules/dep/esm/package.json": { type: "module", imports: { "#own": "./own.js", "#a": "#own" } },
    "/node_modules/dep/esm/own.js": "",
    "/node_modules/dep/node_modules/inner/package.json": { exports: "./two.js" },
    "/node_modules/dep/node_modules/inner/two.js": "",
    "/node_modules/inner/package.json": { exports: "./one.js" },
    "/node_modules/inner/one.js": "",
    "/node_modules/broken/package.json": "{",
    "/node_modules/climbs/package.json": { main: "../dep/main.js" },
  };
  const own = treeOf(files);
  const find = (specifier: string, from: string, browser = true) =>
    resolveInTree(specifier, from, {
      tree: own,
      rules: browser ? rules : nodeRules("import", ["node", "import"]),
      details: {},
    });

  it.for([
    [
      "the nearest node_modules first",
      "inner",
      "/node_modules/dep/main.js",
      "/node_modules/dep/node_modules/inner/two.js",
    ],
    ["then those above", "inner", "/src/main.js", "/node_modules/inner/one.js"],
    ["the project's own imports", "#config", "/src/main.js", "/config.js"],
    ["imports of the nearest package.json", "#own", "/node_modules/dep/esm/x.js", "/node_modules/dep/esm/own.js"],
    ["the browser field of the package", "./node.js", "/node_modules/dep/main.js", "/node_modules/dep/web.js"],
    ["an ending left out", "../config", "/src/main.js", "/config.js"],
  ] as const)("%s", ([, specifier, from, path], { expect }) => {
    expect(find(specifier, from)).toMatchObject({ kind: "file", path });
  });

  it("a package's browser field does not reach others, and empties what it says", ({ expect }) => {
    expect(find("fs", "/node_modules/dep/main.js")).toEqual({ kind: "empty" });
    expect(find("fs", "/src/main.js")).toEqual({ kind: "builtin", name: "fs" });
    expect(find("./node.js", "/node_modules/dep/main.js", false)).toMatchObject({ path: "/node_modules/dep/node.js" });
  });

  it.for([
    ["an entry of imports that leads to another", "#a", "/node_modules/dep/esm/x.js", "ERR_MODULE_NOT_FOUND"],
    [
      "imports that only the package above has",
      "#config",
      "/node_modules/dep/main.js",
      "ERR_PACKAGE_IMPORT_NOT_DEFINED",
    ],
    ["a path that climbs out of a package by its name", "dep/../../config.js", "/src/main.js", "ERR_MODULE_NOT_FOUND"],
    ["a main that climbs out of its package", "climbs", "/src/main.js", "ERR_NO_BROWSER_ENTRY"],
    ["a package.json that is not JSON", "broken", "/src/main.js", "ERR_INVALID_PACKAGE_CONFIG"],
  ] as const)("%s is refused", ([, specifier, from, code], { expect }) => {
    expect(() => find(specifier, from)).toThrow(expect.objectContaining({ code }));
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "es-module-lexer";
import { parseModule } from "meriyah";
import { describe, it } from "vitest";

const root = fileURLToPath(new URL("../src/", import.meta.url));

/**
 * What each folder of the core may import besides itself and the contracts. A folder only names folders above it, so the
 * arrows go one way.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  specifier: [],
  verify: [],
  run: [],
  fetch: ["verify"],
  store: ["verify", "fetch"],
  compile: [],
  artifact: ["verify", "fetch", "compile"],
  lock: ["verify", "fetch"],
  resolve: ["specifier", "verify", "fetch", "compile", "lock"],
  solve: ["specifier", "fetch", "lock", "resolve"],
  project: ["specifier", "verify", "fetch", "lock", "resolve", "solve"],
  publish: ["specifier", "verify", "fetch", "compile", "artifact", "lock", "resolve", "solve", "project"],
  link: ["specifier", "run", "compile", "artifact", "lock", "resolve"],
  load: [
    "specifier",
    "verify",
    "run",
    "fetch",
    "store",
    "compile",
    "artifact",
    "lock",
    "resolve",
    "solve",
    "project",
    "link",
    "loader.ts",
  ],
  explain: ["specifier", "verify", "compile", "lock", "resolve", "link", "load", "loader.ts"],
};

/** Files that every stage may import: they hold the words that the stages share. */
const CONTRACTS = [
  "errors.ts",
  "events.ts",
  "host.ts",
  "limits.ts",
  "artifact/module-record.ts",
  "run/image.ts",
  "store/byte-store.ts",
];

/** Packages that the core may import; every one of them runs anywhere. */
const PACKAGES = [
  "@jridgewell/sourcemap-codec",
  "@noble/hashes",
  "fflate",
  "meriyah",
  "modern-tar",
  "semver",
  "smol-toml",
  "sucrase",
];

/** What only some runtimes have, or what runs text as code. */
const PLATFORM_GLOBALS = new Set(
  [
    "window document self navigator location indexedDB caches localStorage sessionStorage",
    "fetch XMLHttpRequest WebSocket Worker importScripts postMessage setTimeout setInterval",
    "process Buffer require module __dirname __filename Deno Bun HTMLRewriter scheduler",
    "eval Function",
  ].flatMap((line) => line.split(" ")),
);

interface SourceFile {
  /** From `src/`, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const files: readonly SourceFile[] = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
  .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(root, path), "utf8") }));
const core = files.filter(({ path }) => !path.startsWith("platform/"));
const stageFiles = core.filter(({ path }) => path.includes("/"));

/** Static imports, re-exports and `import()`; types too. */
function importsOf({ path, text }: SourceFile): string[] {
  const [imports] = parse(text, path);
  return imports.flatMap((found) => (found.type === "import-meta" ? [] : [found.specifier ?? "an expression"]));
}

const isRelative = (specifier: string): boolean => specifier.startsWith(".");
const folderOf = (path: string): string => (path.includes("/") ? path.slice(0, path.indexOf("/")) : path);
const targetOf = ({ path }: SourceFile, specifier: string): string =>
  relative(root, join(root, dirname(path), specifier)).replaceAll("\\", "/");

/** `importer → target` for every relative import of these files. */
function edgesOf(importers: readonly SourceFile[]): { importer: string; target: string }[] {
  return importers.flatMap((file) =>
    importsOf(file)
      .filter(isRelative)
      .map((specifier) => ({ importer: file.path, target: targetOf(file, specifier) })),
  );
}

const shown = ({ importer, target }: { importer: string; target: string }): string => `${importer} → ${target}`;

/** Names that a file uses without declaring them, and members of globalThis. */
function globalsOf({ text }: SourceFile): Set<string> {
  const used = new Set<string>();
  const declared = new Set<string>();
  visit(parseModule(stripTypeScriptTypes(text)), used, declared);
  return new Set([...used].filter((name) => !declared.has(name)));
}

function visit(node: unknown, used: Set<string>, declared: Set<string>): void {
  if (Array.isArray(node)) return node.forEach((item) => visit(item, used, declared));
  if (!isNode(node)) return;
  if (node.type === "Identifier") used.add(String(node["name"]));
  for (const [key, child] of Object.entries(node)) {
    const isName = ["key", "property", "label", "imported", "exported"].includes(key) && node["computed"] !== true;
    const ofGlobal = key === "property" && isNode(node["object"]) && node["object"]["name"] === "globalThis";
    if (["id", "params", "local", "param"].includes(key)) visit(child, declared, declared);
    else if (!isName || ofGlobal) visit(child, used, declared);
  }
}

function isNode(value: unknown): value is Record<string, unknown> & { type: string } {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

describe("the core", () => {
  it("is what the table of this test describes", ({ expect }) => {
    expect(new Set(stageFiles.map(({ path }) => folderOf(path)))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });

  it("has arrows that go one way: a folder only names folders above it", ({ expect }) => {
    const folders = Object.keys(MAY_IMPORT);
    const upwards = Object.entries(MAY_IMPORT).flatMap(([folder, targets]) =>
      targets
        .filter((target) => folders.indexOf(target) >= folders.indexOf(folder))
        .map((target) => `${folder} → ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  it("follows them", ({ expect }) => {
    const wrong = edgesOf(stageFiles).filter(({ importer, target }) => {
      const own = folderOf(importer);
      return ![own, ...(MAY_IMPORT[own] ?? [])].includes(folderOf(target)) && !CONTRACTS.includes(target);
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  it("has contracts that depend on nothing but contracts", ({ expect }) => {
    const contracts = core.filter(({ path }) => CONTRACTS.includes(path));
    expect(contracts.map(({ path }) => path).toSorted()).toEqual(CONTRACTS.toSorted());
    const wrong = edgesOf(contracts).filter(({ target }) => !CONTRACTS.includes(target));
    expect(wrong.map(shown)).toEqual([]);
  });

  it("never imports a platform, nor anything outside src", ({ expect }) => {
    const wrong = edgesOf(core).filter(({ target }) => target.startsWith("platform/") || target.startsWith(".."));
    expect(wrong.map(shown)).toEqual([]);
  });

  it("imports only packages that run anywhere", ({ expect }) => {
    const wrong = core.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => !isRelative(specifier))
        .filter((specifier) => !PACKAGES.some((name) => specifier === name || specifier.startsWith(`${name}/`)))
        .map((specifier) => `${file.path} → ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("M6: asks resolvers in one place", ({ expect }) => {
    const asking = core.filter(({ text }) => /plugIns\.ask\(/.test(text)).map(({ path }) => path);
    expect(asking).toEqual(["link/read-specifier.ts"]);
  });

  it("M69: names no registry", ({ expect }) => {
    const naming = core.filter(({ text }) => /\bnpmjs\b|\bjsr\.io\b/.test(text)).map(({ path }) => path);
    expect(naming).toEqual([]);
  });

  it("uses no global of a platform, and runs no text as code", { timeout: 30_000 }, ({ expect }) => {
    const wrong = core.flatMap((file) =>
      [...globalsOf(file)].filter((name) => PLATFORM_GLOBALS.has(name)).map((name) => `${file.path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("this test", () => {
  const file = (text: string): SourceFile => ({ path: "fetch/x.ts", text });

  it("sees every kind of import", ({ expect }) => {
    const text = `import type { A } from "./a.ts"; export * from "./b.ts"; export type { C } from "./c.ts"; await import("./d.ts"); import.meta.url;`;
    expect(importsOf(file(text))).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts"]);
  });

  it("sees globals in code, and not in types, comments, texts, members or names of its own", ({ expect }) => {
    expect([...globalsOf(file("const a: Window = window.b ?? globalThis.process; new Function(document.c);"))]).toEqual(
      expect.arrayContaining(["window", "process", "Function", "document"]),
    );
    const innocent = `// window\nconst a = (fetch: () => void) => ({ document: host.fetch, b: "process", c: self }); function self() {}`;
    expect([...globalsOf(file(innocent))].filter((name) => PLATFORM_GLOBALS.has(name))).toEqual([]);
  });
});

describe("the script of a service worker", () => {
  it("has neither compiler nor solver nor linker: it is read whenever the browser wakes it", ({ expect }) => {
    const reached = new Set<string>();
    const reach = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      const text = stripTypeScriptTypes(readFileSync(join(root, path), "utf8"));
      for (const specifier of importsOf({ path, text }).filter(isRelative)) reach(join(dirname(path), specifier));
    };
    reach("../web-demo/service-worker.ts");
    const stages = ["compile", "solve", "link", "load", "project"];
    expect([...reached].filter((path) => stages.includes(folderOf(path)))).toEqual([]);
    expect(reached.size).toBeGreaterThan(20);
  });
});

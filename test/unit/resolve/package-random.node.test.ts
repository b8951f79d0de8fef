import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { type ImportKind, nodeRules } from "../../../src/resolve/entry-rules.ts";
import { createModuleTree } from "../../../src/resolve/module-tree.ts";
import { resolveInTree } from "../../../src/resolve/resolve-in-tree.ts";
import { Random } from "../../differential/random.ts";

/** An import in a file of a random tree. */
interface Query {
  readonly kind: ImportKind;
  readonly from: string;
  readonly specifier: string;
}

/** Gives each query Node's answer: the path of a file that is there, a URL of a builtin, or a code. */
const ASK_NODE = `
import { createRequire, isBuiltin } from "node:module";
import { statSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
const [root, text] = process.argv.slice(1);
const ask = ({ kind, from, specifier }) => {
  try {
    const parent = pathToFileURL(root + from);
    const found = kind === "require" ? createRequire(parent).resolve(specifier) : import.meta.resolve(specifier, parent.href);
    if (isBuiltin(found)) return "node:" + found.replace(/^node:/, "");
    const path = kind === "require" ? found : fileURLToPath(found);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return "ERR_UNSUPPORTED_DIR_IMPORT";
    return stat === undefined ? "ERR_MODULE_NOT_FOUND" : path.slice(root.length);
  } catch (error) {
    return error.code ?? String(error);
  }
};
console.log(JSON.stringify(JSON.parse(text).map(ask)));
`;

const FILES = [
  "index.js",
  "main.js",
  "a.js",
  "a",
  "b.mjs",
  "c.json",
  "lib/index.js",
  "lib/a.js",
  "lib/b/c.js",
  "sp ce.js",
];
const SUBPATHS = [
  "",
  "/a",
  "/a.js",
  "/lib",
  "/lib/",
  "/lib/a",
  "/lib/a.js",
  "/lib/b/c",
  "/x",
  "/x/a",
  "/x/a.js",
  "/x/",
  "//a",
];
const MORE_SUBPATHS = [
  "/x/../a",
  "/x/%61",
  "/x/%2e",
  "/lib/b%2fc",
  "/package.json",
  "/c",
  "/./a.js",
  "/x/lib/a.js",
  "/main.js?x",
];
const KEYS = [
  "./a",
  "./a.js",
  "./x",
  "./x/*",
  "./x/*.js",
  "./*",
  "./lib/",
  "./lib/*",
  "./lib",
  "./x/*/b",
  "./x/a",
  "./*/",
];
const TARGETS = [
  "./a.js",
  "./a",
  "./b.mjs",
  "./lib",
  "./lib/a.js",
  "./lib/*",
  "./*",
  "./*.js",
  "./lib/*.js",
  "./x.js",
  "./sp%20ce.js",
  "./sp ce.js",
  "../a.js",
  "a.js",
  "/a.js",
  "",
  ".",
  "./",
  "./lib//a.js",
  "./lib/../a.js",
  "./node_modules/x.js",
  "fs",
  "other",
  "node:fs",
  "./%61.js",
  "./lib%2fa.js",
  "./%2e/a.js",
  ".\\a.js",
  "other/a.js",
  "./lib/*/*.js",
  "./a.js?q",
  "./a.js#h",
  "#own",
];
const CONDITIONS = ["import", "require", "node", "default", "browser", "module-sync", "custom", "0"];
const MAINS = ["./main.js", "main", "./lib", "./lib/", "lib", "./gone.js", "", ".", "./a", "c", 1, null, "./b.mjs"];

function randomTarget(random: Random, depth = 0): unknown {
  const kind = random.next();
  if (depth > 2 || kind < 0.6) return random.pick(TARGETS);
  if (kind < 0.68) return null;
  if (kind < 0.7) return random.pick([1, false, {}, []]);
  if (kind < 0.8) return [1, 2, 3].slice(random.next() * 3).map(() => randomTarget(random, depth + 1));
  const conditions = [1, 2, 3].map(() => random.pick(random.next() < 0.03 ? CONDITIONS : CONDITIONS.slice(0, -1)));
  return Object.fromEntries(conditions.map((condition) => [condition, randomTarget(random, depth + 1)]));
}

function randomTable(random: Random, keys: readonly string[]): unknown {
  return Object.fromEntries([1, 2, 3, 4].map(() => [random.pick(keys), randomTarget(random)]));
}

function randomManifest(random: Random, name: string): Record<string, unknown> {
  const manifest: Record<string, unknown> = { name: random.next() < 0.9 ? name : "else" };
  const kind = random.next();
  if (kind < 0.15) manifest["exports"] = randomTarget(random);
  else if (kind < 0.6)
    manifest["exports"] = randomTable(random, random.next() < 0.1 ? [...KEYS, "import"] : [...KEYS, "."]);
  if (random.next() < 0.5) manifest["main"] = random.pick(MAINS);
  if (random.next() < 0.5)
    manifest["imports"] = randomTable(random, ["#own", "#x/*", "#x/", "#x/a", "#*.js", "#a", "#/b"]);
  return manifest;
}

const SPECIFIERS = [
  "#own",
  "#x/a",
  "#x/a.js",
  "#x/",
  "#a.js",
  "#a",
  "#/b",
  "#",
  "./a",
  "./a.js",
  "..",
  ".",
  "./lib",
  "./lib/",
  "fs",
];

function randomTree(seed: number): { files: Map<string, string>; queries: Query[] } {
  const random = new Random(seed);
  const files = new Map([["/main.js", ""]]);
  for (const folder of [
    "/node_modules/pkg",
    "/node_modules/other",
    "/node_modules/@s/pkg",
    "/node_modules/pkg/node_modules/other",
  ]) {
    for (const file of FILES) if (random.next() < 0.8) files.set(`${folder}/${file}`, "");
    const manifest = randomManifest(random, folder.replace(/^.*node_modules\//, ""));
    if (random.next() < 0.95) files.set(`${folder}/package.json`, JSON.stringify(manifest));
    if (random.next() < 0.2) files.set(`${folder}/lib/package.json`, JSON.stringify(randomManifest(random, "lib")));
  }
  const queries = Array.from({ length: 60 }, (): Query => {
    const from = random.pick(["/main.js", "/main.js", "/node_modules/pkg/from.js", "/node_modules/pkg/lib/from.js"]);
    const name = random.pick(["pkg", "pkg", "other", "@s/pkg", "none"]);
    const isOwn = from !== "/main.js" && random.next() < 0.5;
    const subpath = random.pick(random.next() < 0.2 ? MORE_SUBPATHS : SUBPATHS);
    return {
      kind: random.pick(["import", "require"]),
      from,
      specifier: isOwn ? random.pick(SPECIFIERS) : name + subpath,
    };
  });
  return { files, queries };
}

async function askNode(root: string, { files, queries }: ReturnType<typeof randomTree>): Promise<string[]> {
  for (const [path, text] of files) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const args = ["--no-warnings", "--experimental-import-meta-resolve", "--input-type=module", "-e", ASK_NODE, root];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, JSON.stringify(queries)]);
  return JSON.parse(stdout) as string[];
}

function answerHere(tree: ReturnType<typeof createModuleTree>, { kind, from, specifier }: Query): string {
  const rules = nodeRules(kind, ["node", "module-sync", "node-addons", kind]);
  try {
    const target = resolveInTree(specifier, from, { tree, rules, details: {} });
    if (target.kind === "file") return target.path;
    return target.kind === "builtin" ? `node:${target.name}` : target.kind;
  } catch (error) {
    if (!isLoaderError(error)) throw error;
    const { nodeCode } = error.details;
    return typeof nodeCode === "string" ? nodeCode : error.code;
  }
}

/** Node's require() finds no module of its own through imports, although import does: docs/entry-points.md. */
function isKnown({ kind, specifier }: Query, here: string, there: string | undefined): boolean {
  const isImports = kind === "require" && specifier.startsWith("#");
  return isImports && here.startsWith("node:") && there === "ERR_INVALID_URL_SCHEME";
}

const TREES = 15;

describe("P69: entry points of packages made at random, as Node has them", () => {
  it("every answer", { timeout: 600_000 }, async ({ expect }) => {
    const different: string[] = [];
    for (let seed = 1; seed <= TREES; seed++) {
      const root = await realpath(await mkdtemp(join(tmpdir(), "raya-resolve-")));
      const random = randomTree(seed);
      const answers = await askNode(root, random);
      await rm(root, { recursive: true });
      const tree = createModuleTree(random.files);
      for (const [index, query] of random.queries.entries()) {
        const here = answerHere(tree, query);
        if (here === answers[index] || isKnown(query, here, answers[index])) continue;
        different.push(`${seed}: ${JSON.stringify(query)}: ${here}, Node ${answers[index]}`);
      }
    }
    expect(different).toEqual([]);
  });
});

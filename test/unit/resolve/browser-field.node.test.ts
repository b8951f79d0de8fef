import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { describe, it } from "vitest";
import { browserRules, type ImportKind } from "../../../src/resolve/entry-rules.ts";
import {
  type PackageTarget,
  type PackageView,
  resolveBrowserBare,
  resolvePackageEntry,
  resolvePackageFile,
} from "../../../src/resolve/package-entry.ts";
import { isWithin, namesFolder, normalize } from "../../../src/resolve/package-path.ts";

interface Case {
  readonly manifests: Record<string, Record<string, unknown>>;
  readonly files: readonly string[];
  /** Importing file in the package (`""` is the project) and specifier. */
  readonly queries: readonly (readonly [from: string, specifier: string])[];
}

const OTHERS = ["other", "fs", "util", "a"];

/** What the loader makes of an import: a path in the package, `<name>` of another one, `empty`, or `error`. */
function resolveHere({ manifests, files }: Case, from: string, specifier: string, kind: ImportKind): string {
  const rules = browserRules(kind, "production");
  const view: PackageView = {
    key: "pkg@1.0.0",
    name: "pkg",
    manifests,
    hasFile: (path) => files.includes(path),
    hasFolder: (folder) => files.some((path) => isWithin(path, folder)),
  };
  const show = (target: PackageTarget | undefined): string => {
    if (target === undefined) return "error";
    if (target.kind === "file") return target.path;
    return target.kind === "empty" ? "empty" : bare(target.specifier);
  };
  const bare = (name: string): string => (OTHERS.includes(name) ? `<${name}>` : "error");
  try {
    if (from === "") {
      const subpath = specifier === "pkg" ? "." : `.${specifier.slice("pkg".length)}`;
      return show(resolvePackageEntry(view, subpath, rules, {}));
    }
    if (specifier.startsWith("."))
      return show(resolvePackageFile(view, normalize(join(dirname(from), specifier)), rules, namesFolder(specifier)));
    const remapped = resolveBrowserBare(view, from, specifier, rules);
    return remapped === undefined ? bare(specifier) : show(remapped);
  } catch {
    return "error";
  }
}

/** What esbuild makes of it, for browsers. */
async function resolveThere(root: string, from: string, specifier: string, kind: ImportKind): Promise<string> {
  const at = from === "" ? "from.js" : `node_modules/pkg/${join(dirname(from), "__from.js")}`;
  const text = JSON.stringify(specifier);
  await write(root, at, kind === "import" ? `import x from ${text}; x;` : `require(${text});`);
  try {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [at],
      bundle: true,
      write: false,
      metafile: true,
      platform: "browser",
      logLevel: "silent",
    });
    const path = metafile.inputs[at]?.imports[0]?.path ?? "";
    if (path.startsWith("(disabled)")) return "empty";
    return path
      .replace(/^node_modules\/(?:pkg\/)?/, "")
      .replace(/^(\w+)\/index\.js$/, (whole, name: string) =>
        OTHERS.includes(name) && !path.includes("/pkg/") ? `<${name}>` : whole,
      );
  } catch {
    return "error";
  } finally {
    await rm(join(root, at));
  }
}

async function write(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

async function writePackages(root: string, { manifests, files }: Case): Promise<void> {
  for (const file of files) await write(root, `node_modules/pkg/${file}`, file.endsWith(".json") ? "{}" : "");
  for (const [folder, manifest] of Object.entries(manifests))
    await write(root, join("node_modules/pkg", folder, "package.json"), JSON.stringify(manifest));
  for (const name of OTHERS) {
    await write(root, `node_modules/${name}/package.json`, JSON.stringify({ name }));
    await write(root, `node_modules/${name}/index.js`, "");
  }
}

/** Differences, one line each. */
async function compare(one: Case): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), "raya-browser-field-"));
  try {
    await writePackages(root, one);
    const lines: string[] = [];
    for (const [from, specifier] of one.queries) {
      for (const kind of ["import", "require"] as const) {
        const [here, there] = [
          resolveHere(one, from, specifier, kind),
          await resolveThere(root, from, specifier, kind),
        ];
        // What esbuild cannot load may load here.
        if (here !== there && there !== "error")
          lines.push(`${kind} "${specifier}" from "${from}": ${here}, esbuild ${there}; ${JSON.stringify(one)}`);
      }
    }
    return lines;
  } finally {
    await rm(root, { recursive: true });
  }
}

const FILES =
  "index.js main.js web.js mod.mjs util.js a.js lib/a.js lib/b.js lib/c.json lib/index.js dir/x.js dir/index.js".split(
    " ",
  );
const QUERIES: Case["queries"] = [
  ["", "pkg"],
  ["", "pkg/lib/a"],
  ["", "pkg/lib"],
  ["", "pkg/a"],
  ["lib/from.js", "./a"],
  ["lib/from.js", "../main"],
  ["lib/from.js", ".."],
  ["lib/from.js", "util"],
  ["from.js", "./lib"],
  ["from.js", "./lib/index"],
  ["from.js", "./dir/"],
  ["from.js", "./util"],
  ["from.js", "./lib/c"],
  ["from.js", "util"],
  ["from.js", "fs"],
  ["from.js", "other"],
  ["from.js", "a"],
];
const KEYS = [
  ..."./lib/a.js ./lib/a lib/a.js ./main.js ./main main.js ./lib ./lib/index.js ./lib/index ./dir ./dir/index util ./util".split(
    " ",
  ),
  ..."./util.js fs ./lib/c.json ./index.js ./index . ./a other ./mod.mjs".split(" "),
];
const VALUES = [
  "./web.js",
  "./web",
  "./lib/b",
  "./lib/b.js",
  "./dir",
  "./lib/a.js",
  "other",
  "fs",
  "./nope.js",
  false,
  true,
];

/** An entry of the package that is another package: esbuild looks for a folder of that name. */
function isEntryForPackage(key: string, value: unknown): boolean {
  return /main|index|mod|lib|dir/.test(key) && (value === "other" || value === "fs");
}

/** The same packages every time. */
function* randomCases(count: number): Generator<Case> {
  let seed = 20_261_120;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    return (seed >>> 8) % below;
  };
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  for (let index = 0; index < count; index++) {
    const manifest: Record<string, unknown> = { name: "pkg", version: "1.0.0" };
    if (random(2) === 0) manifest["main"] = pick(["./main", "main", "lib", "./lib/", "./nope", "index", "./lib/a"]);
    if (random(3) === 0) manifest["module"] = pick(["./mod.mjs", "lib/a", "./nope.mjs", "util"]);
    if (random(4) === 0) manifest["browser"] = pick(["./web.js", "web", "./nope", "lib", ""]);
    else
      manifest["browser"] = Object.fromEntries(
        [1, 2, 3]
          .map(() => [pick(KEYS), pick(VALUES)] as const)
          .filter(([key, value]) => !isEntryForPackage(key, value)),
      );
    const lib = pick([
      undefined,
      undefined,
      { main: "./b.js" },
      { browser: { "./a.js": "./b.js" } },
      { browser: "./b.js" },
    ]);
    yield {
      manifests: { "": manifest, ...(lib && { lib }) },
      files: FILES,
      queries: QUERIES.filter(() => random(2) === 0),
    };
  }
}

describe("the browser field, as esbuild reads it for browsers", () => {
  const files = FILES;
  const one = (manifest: Record<string, unknown>, ...queries: Case["queries"]): Case => ({
    manifests: { "": { name: "pkg", ...manifest } },
    files,
    queries,
  });
  it.for([
    ["a string comes before module and main", one({ main: "main", module: "mod.mjs", browser: "web" }, ["", "pkg"])],
    ["a string that leads to nothing is passed over", one({ main: "main", browser: "./nope.js" }, ["", "pkg"])],
    ["an empty string is none", one({ main: "main", browser: "" }, ["", "pkg"])],
    ["a string that is a folder", one({ main: "main", browser: "./lib" }, ["", "pkg"])],
    ["the target of main", one({ main: "main", browser: { "./main.js": "./web.js" } }, ["", "pkg"])],
    [
      "the targets of main and of module, each its own",
      one({ main: "main.js", module: "mod.mjs", browser: { "./main.js": "./web.js", "./mod.mjs": "./a.js" } }, [
        "",
        "pkg",
      ]),
    ],
    [
      "the target of module alone",
      one({ main: "main.js", module: "mod.mjs", browser: { "./mod.mjs": "./web.js" } }, ["", "pkg"]),
    ],
    ["main that is emptied", one({ main: "main.js", browser: { "./main.js": false } }, ["", "pkg"])],
    [
      "the index file, which nothing names",
      one({ browser: { "./index.js": "./web.js" } }, ["", "pkg"], ["lib/from.js", ".."]),
    ],
    ["module only, and something requires it", one({ module: "./mod.mjs", main: "./nope" }, ["", "pkg"])],
    [
      "a subpath of the package",
      one({ browser: { "./lib/a.js": "./lib/b.js" } }, ["", "pkg/lib/a"], ["", "pkg/lib/a.js"]),
    ],
    [
      "a file, with and without its ending on either side",
      one({ browser: { "./lib/a.js": "./lib/b" } }, ["lib/x.js", "./a"], ["lib/x.js", "./a.js"], ["x.js", "./lib/a"]),
    ],
    [
      "a folder by its name and by its index",
      one({ browser: { "./dir": "./web.js" } }, ["x.js", "./dir"], ["x.js", "./dir/"]),
    ],
    [
      "a folder by its index file",
      one({ browser: { "./dir/index.js": "./web.js" } }, ["x.js", "./dir"], ["dir/y.js", "."]),
    ],
    ["a file that is emptied", one({ browser: { "./lib/a.js": false } }, ["lib/x.js", "./a"], ["", "pkg/lib/a"])],
    ["a package that is emptied", one({ browser: { fs: false } }, ["x.js", "fs"], ["lib/x.js", "fs"])],
    ["a package for another", one({ browser: { fs: "other" } }, ["x.js", "fs"])],
    [
      "a package for another that is mapped itself: once only",
      one({ browser: { fs: "other", other: "./web.js" } }, ["x.js", "fs"]),
    ],
    ["a file for a package", one({ browser: { fs: "./web.js" } }, ["lib/x.js", "fs"])],
    ["a package for a file", one({ browser: { "./lib/a.js": "other" } }, ["lib/x.js", "./a"])],
    ["true says nothing", one({ browser: { fs: true, "./main.js": true }, main: "main" }, ["", "pkg"], ["x.js", "fs"])],
    [
      "a file beside the importer stands for a package",
      one({ browser: { "./util": "./web.js" } }, ["x.js", "util"], ["lib/x.js", "util"]),
    ],
  ] as const)("%s", async ([, example], { expect }) => {
    expect(await compare(example)).toEqual([]);
  });

  it("packages made at random", { timeout: 60_000 }, async ({ expect }) => {
    const lines: string[] = [];
    for (const example of randomCases(60)) lines.push(...(await compare(example)));
    expect(lines).toEqual([]);
  });
});

describe("the browser field, where bundlers differ or fail", () => {
  const resolve = (manifest: Record<string, unknown>, from: string, specifier: string): string =>
    resolveHere(
      { manifests: { "": { name: "pkg", ...manifest } }, files: FILES, queries: [] },
      from,
      specifier,
      "import",
    );
  it.for([
    [
      "governs what exports leads to, as webpack has it",
      { exports: "./main.js", browser: { "./main.js": "./web.js" } },
      "",
      "pkg",
      "web.js",
    ],
    [
      "has a key without an ending for the file with one",
      { browser: { "./lib/a": "./web.js" } },
      "lib/x.js",
      "./a.js",
      "web.js",
    ],
    [
      "has a key without an ending for main with one",
      { main: "./main.js", browser: { "./main": "./web" } },
      "",
      "pkg",
      "web.js",
    ],
    [
      "has a value without ./ for a file of the package",
      { browser: { "./lib/a.js": "web.js" } },
      "lib/x.js",
      "./a.js",
      "web.js",
    ],
    ["means a module of Node with node: too", { browser: { fs: "./web.js" } }, "x.js", "node:fs", "web.js"],
    ["leads main to another package", { main: "main.js", browser: { "./main.js": "other" } }, "", "pkg", "<other>"],
    [
      "falls back to the file where it leads to nothing",
      { browser: { "./lib/a.js": "./nope.js" } },
      "lib/x.js",
      "./a",
      "lib/a.js",
    ],
    ["is no map where it is a list", { main: "main.js", browser: ["./web.js"] }, "", "pkg", "main.js"],
  ] as const)("%s", ([, manifest, from, specifier, expected], { expect }) => {
    expect(resolve(manifest, from, specifier)).toBe(expected);
  });
});

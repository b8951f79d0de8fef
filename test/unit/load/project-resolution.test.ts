import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import type { LoaderOptions, LoadOptions, Program } from "../../../src/loader.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

const BASE = "https://app.test/~/";
const esm = (name: string, code: string, manifest: object = {}): FakePackage => ({
  manifest: { name, version: "1.0.0", type: "module", exports: "./index.js", ...manifest },
  files: { "index.js": code },
});
const packages = [
  esm("left", 'export { right } from "right";', { dependencies: { right: "^1" } }),
  esm("right", "export const right = 1;"),
];

interface Settings extends Partial<LoaderOptions> {
  readonly load?: LoadOptions;
  readonly urls?: Record<string, string>;
}

/** Loads `/main.ts` and what else there is. */
async function load(main: string, files: Record<string, string>, settings: Settings = {}): Promise<Program> {
  const { load: loadOptions, urls = {}, ...options } = settings;
  const registry = await createFakeRegistry(packages);
  for (const [url, code] of Object.entries(urls)) registry.answer(url, code);
  const project = { entry: "/main.ts", files: { "/main.ts": main, ...files } };
  return registry.loader({ linking: "modules", ...options }).load(project, loadOptions);
}

/** The modules of a program, below its base. */
async function modulesOf(...input: Parameters<typeof load>): Promise<string[]> {
  const { image } = await load(...input);
  return image.modules.map(({ url }) => url.replace(BASE, "")).toSorted();
}

async function errorOf(loading: Promise<unknown>) {
  const error = await loading.catch((thrown: unknown) => thrown);
  if (isLoaderError(error)) return error;
  throw new Error("it was loaded");
}

const manifest = (fields: object): string => JSON.stringify(fields);

describe("an import map", () => {
  it.for([
    ["a file of the project", { x: "/lib/x.ts" }, ["project/lib/x.ts", "project/main.ts"]],
    ["a file beside the project's root", { x: "./lib/x.ts" }, ["project/lib/x.ts", "project/main.ts"]],
    ["a package", { x: "npm:right@^1" }, ["project/main.ts", "right@1.0.0/index.js"]],
    ["a URL", { x: "https://cdn.test/x.js" }, ["https://cdn.test/x.js", "project/main.ts"]],
  ] as const)("takes a name to %s", async ([, imports, expected], { expect }) => {
    const settings = { importMap: { imports }, urls: { "https://cdn.test/x.js": "export {};" } };
    expect(await modulesOf('import "x";', { "/lib/x.ts": "export {};" }, settings)).toEqual(expected);
  });

  it("may be a text, and has prefixes", async ({ expect }) => {
    const importMap = '{ "imports": { "lib/": "/lib/" } }';
    expect(await modulesOf('import "lib/x.ts";', { "/lib/x.ts": "export {};" }, { importMap })).toEqual([
      "project/lib/x.ts",
      "project/main.ts",
    ]);
  });

  it("has scopes: folders of the project, and packages by their address", async ({ expect }) => {
    const scopes = { "/old/": { right: "/old/right.ts" }, [`${BASE}left@1.0.0/`]: { right: "/shim.ts" } };
    const files = {
      "/old/a.ts": 'import "right";',
      "/old/right.ts": "export {};",
      "/shim.ts": "export const right = 2;",
    };
    const main = 'import "left"; import "./old/a.ts";';
    expect(await modulesOf(main, files, { importMap: { scopes } })).toEqual([
      "left@1.0.0/index.js",
      "project/main.ts",
      "project/old/a.ts",
      "project/old/right.ts",
      "project/shim.ts",
    ]);
  });

  it("leads a package to another one, which is locked", async ({ expect }) => {
    const { image, lockfile } = await load(
      'import "left";',
      {},
      { importMap: { imports: { right: "npm:right@1.0.0" } } },
    );
    expect(image.modules.map(({ url }) => url)).toContain(`${BASE}right@1.0.0/index.js`);
    expect(lockfile).toContain('"right@1.0.0" = "right@1.0.0"');
  });

  it("holds for import() of a running program", async ({ expect }) => {
    const settings = { importMap: { imports: { later: "npm:right" } } };
    const program = await load("export {};", {}, settings);
    const part = await program.importModule("later", program.image.entry);
    expect(part.modules.map(({ url }) => url)).toEqual([`${BASE}right@1.0.0/index.js`]);
  });

  it("has the integrity of modules by URL", async ({ expect }) => {
    const url = "https://cdn.test/x.js";
    const settings = {
      importMap: { integrity: { [url]: `sha256-${"A".repeat(43)}=` } },
      urls: { [url]: "export {};" },
    };
    expect(await errorOf(load(`import "${url}";`, {}, settings))).toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
  });

  it("blocks what it has no address for, and must be one", async ({ expect }) => {
    const blocking = load('import "left";', {}, { importMap: { imports: { left: null } } });
    expect(await errorOf(blocking)).toMatchObject({
      code: "ERR_IMPORT_MAP_BLOCKED",
      details: { referrer: "/main.ts:1:8" },
    });
    expect(await errorOf(load("", {}, { importMap: "[]" }))).toMatchObject({ code: "ERR_IMPORT_MAP_INVALID" });
  });
});

describe("a project's own packages", () => {
  it("L29: a workspace goes before the registry, by its name", async ({ expect }) => {
    const files = {
      "/package.json": manifest({ workspaces: ["packages/*"], dependencies: { right: "workspace:*" } }),
      "/packages/right/package.json": manifest({
        name: "right",
        exports: { ".": "./src/index.ts", "./more": "./src/more.ts" },
      }),
      "/packages/right/src/index.ts": 'export * from "right/more"; export * from "left";',
      "/packages/right/src/more.ts": "export const more: number = 1;",
    };
    const { image, lockfile } = await load('import "right";', files);
    expect(image.modules.map(({ url }) => url.replace(BASE, "")).toSorted()).toEqual([
      "left@1.0.0/index.js",
      "project/main.ts",
      "project/packages/right/src/index.ts",
      "project/packages/right/src/more.ts",
      "right@1.0.0/index.js",
    ]);
    expect(lockfile).toContain('source = "workspace+packages/right"');
  });

  it("R77 P65: a folder that is depended on by path", async ({ expect }) => {
    const files = {
      "/package.json": manifest({ dependencies: { tools: "file:./vendor/tools" } }),
      "/vendor/tools/package.json": manifest({ name: "tools", main: "./main.js" }),
      "/vendor/tools/main.js": "export {};",
    };
    expect(await modulesOf('import "tools";', files)).toEqual(["project/main.ts", "project/vendor/tools/main.js"]);
  });

  it("L1 L26 L39 P69: what is in node_modules among the files is found as Node finds it", async ({ expect }) => {
    const files = {
      "/node_modules/tools/package.json": manifest({ name: "tools", exports: "./main.js" }),
      "/node_modules/tools/main.js": 'import "right"; export {};',
      "/node_modules/tools/node_modules/right/package.json": manifest({ name: "right", main: "own.js" }),
      "/node_modules/tools/node_modules/right/own.js": "export {};",
    };
    expect(await modulesOf('import "tools";', files)).toEqual([
      "project/main.ts",
      "project/node_modules/tools/main.js",
      "project/node_modules/tools/node_modules/right/own.js",
    ]);
  });

  it("#name is what the imports of package.json say: a file, a package of the registry, another one", async ({
    expect,
  }) => {
    const files = {
      "/package.json": manifest({
        imports: { "#x": "./x.ts", "#far": "right", "#y": { browser: "./x.ts", default: "left" } },
      }),
      "/x.ts": "export {};",
    };
    expect(await modulesOf('import "#x"; import "#far"; import "#y";', files)).toEqual([
      "project/main.ts",
      "project/x.ts",
      "right@1.0.0/index.js",
    ]);
    expect(await errorOf(load('import "#none";', files))).toMatchObject({ code: "ERR_PACKAGE_IMPORT_NOT_DEFINED" });
  });

  it("R21 R75 R76 R97: its files are compiled as they are now, and are in no lockfile", async ({ expect }) => {
    const registry = await createFakeRegistry(packages);
    const loader = registry.loader({ linking: "modules" });
    const codeOf = async (value: number): Promise<[string | undefined, string]> => {
      const files = {
        "/main.ts": 'import "./own.ts"; import "left";',
        "/own.ts": `globalThis.x = ${value};`,
      };
      const { image, lockfile } = await loader.load({ entry: "/main.ts", files });
      return [image.modules.find(({ url }) => url.endsWith("/own.ts"))?.code.split("\n", 1)[0], lockfile];
    };
    const [first, lockfile] = await codeOf(1);
    expect([first, await codeOf(2)]).toEqual(["globalThis.x = 1;", ["globalThis.x = 2;", lockfile]]);
    expect(lockfile).toContain('name = "left"');
    expect(lockfile).not.toContain("own");
  });

  it("the project knows itself by its name", async ({ expect }) => {
    const files = { "/package.json": manifest({ name: "app", exports: { "./x": "./x.ts" } }), "/x.ts": "export {};" };
    expect(await modulesOf('import "app/x";', files)).toEqual(["project/main.ts", "project/x.ts"]);
    expect(await errorOf(load('import "app/y";', files))).toMatchObject({ code: "ERR_PACKAGE_PATH_NOT_EXPORTED" });
  });

  it("a dependency with the name of a module of Node is the package", async ({ expect }) => {
    const registry = await createFakeRegistry([esm("events", "export {};")]);
    const files = {
      "/main.ts": 'import "events"; import "node:path";',
      "/package.json": manifest({ dependencies: { events: "*" } }),
    };
    const { image } = await registry
      .loader({ linking: "modules", builtins: ["path"] })
      .load({ entry: "/main.ts", files });
    expect(image.modules.map(({ url }) => url)).toContain(`${BASE}events@1.0.0/index.js`);
  });
});

describe("a language with a field of its own", () => {
  const lumina = (field: unknown, more: object = {}): FakePackage => ({
    manifest: {
      name: "json",
      version: "1.0.0",
      exports: "./js.js",
      ...(field !== undefined && { lumina: field }),
      ...more,
    },
    files: { "js.js": "export {};", "src/main.ts": "export {};", "src/parser.ts": "export {};" },
  });
  async function loadWith(main: string, packed: readonly FakePackage[], strict = false): Promise<string[]> {
    const registry = await createFakeRegistry(packed);
    const loader = registry.loader({ linking: "modules", language: { field: "lumina", extensions: [".ts"], strict } });
    const { image } = await loader.load({ entry: "/main.ts", files: { "/main.ts": main } });
    return image.modules.map(({ url }) => url.replace(BASE, "")).filter((url) => !url.startsWith("project/"));
  }

  it("L19 L20: a path is the entry, a map has one for each subpath", async ({ expect }) => {
    expect(await loadWith('import "json";', [lumina("./src/main.ts")])).toEqual(["json@1.0.0/src/main.ts"]);
    const map = { ".": "./src/main.ts", "./parser": "./src/parser.ts" };
    expect(await loadWith('import "json/parser";', [lumina(map)])).toEqual(["json@1.0.0/src/parser.ts"]);
  });

  it("L22: a package without the field is one of npm, unless they are refused", async ({ expect }) => {
    expect(await loadWith('import "json";', [lumina(undefined)])).toEqual(["json@1.0.0/js.js"]);
    expect(await errorOf(loadWith('import "json";', [lumina(undefined)], true))).toMatchObject({ code: "PKG-002" });
  });

  it.for([
    ["L46: PKG-001 for a package that nobody declared", 'import "odd";', "PKG-001"],
    ["L47 L50: PKG-002 for files of the language that only exports leads to", 'import "hidden";', "PKG-002"],
    ["L48: PKG-003 for an entry that is not there", 'import "json/none";', "PKG-003"],
  ] as const)("%s", async ([, main, code], { expect }) => {
    const odd = { manifest: { name: "odd", version: "1.0.0", lumina: "./a.ts" }, files: { "a.ts": 'import "other";' } };
    const hidden = {
      manifest: { name: "hidden", version: "1.0.0", exports: "./a.ts" },
      files: { "a.ts": "export {};" },
    };
    expect(await errorOf(loadWith(main, [lumina("./src/main.ts"), odd, hidden]))).toMatchObject({ code });
  });

  it("L49: PKG-004 for packages that depend on each other, where the language is strict", async ({ expect }) => {
    const one = {
      manifest: { name: "one", version: "1.0.0", lumina: "./a.ts", dependencies: { two: "1" } },
      files: { "a.ts": "" },
    };
    const two = {
      manifest: { name: "two", version: "1.0.0", lumina: "./a.ts", dependencies: { one: "1" } },
      files: { "a.ts": "" },
    };
    expect(await errorOf(loadWith('import "one";', [one, two], true))).toMatchObject({
      code: "PKG-004",
      details: { chain: ["one@1.0.0", "two@1.0.0", "one@1.0.0"] },
    });
  });
});

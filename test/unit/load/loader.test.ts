import { describe, it } from "vitest";
import { createFakeRegistry, type FakePackage, REGISTRY } from "../../fixtures/fake-registry.ts";

const left: FakePackage = {
  manifest: {
    name: "left",
    version: "1.0.0",
    type: "module",
    exports: "./index.js",
    dependencies: { right: "^1.0.0" },
  },
  files: { "index.js": 'export { right } from "right"; export const left = 1;\n' },
};
const right: FakePackage = {
  manifest: { name: "right", version: "1.2.0", main: "main.js" },
  files: { "main.js": "exports.right = 2;\n", "data.bin": "bytes" },
};
const project = (main: string, more: Record<string, string> = {}) => ({
  entry: "/main.ts",
  files: { "/main.ts": main, ...more },
});

describe("load", () => {
  it("R13 R20 R62 R63 R95: goes through all stages and tells what each did", async ({ expect }) => {
    const registry = await createFakeRegistry([left, right]);
    const program = await registry
      .loader()
      .load(project('import { left, right } from "left";\nexport default left + right;'));
    expect(program.packages.map(({ name, version, source, via }) => [name, version, source, via])).toEqual([
      ["left", "1.0.0", "upstream", ["/main.ts", "left@1.0.0"]],
      ["right", "1.2.0", "upstream", ["/main.ts", "left@1.0.0", "right@1.2.0"]],
    ]);
    expect(program.packages[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    const done = new Set(registry.events.filter(({ kind }) => kind === "done").map(({ stage }) => stage));
    expect([...done].toSorted()).toEqual(["compile", "fetch", "link", "resolve", "verify"]);
    expect(registry.events.filter(({ stage, kind }) => stage === "store" && kind === "miss")).toHaveLength(2);
  });

  it("R9 R121: loads again from the store with no request, given the lockfile", async ({ expect }) => {
    const registry = await createFakeRegistry([left, right]);
    const files = project('import { left } from "left";\nexport default left;');
    const { lockfile } = await registry.loader().load(files);
    registry.requests.length = 0;
    const again = await registry.loader().load(files, { lockfile, cacheSetting: "only" });
    expect(registry.requests).toEqual([]);
    expect(again.lockfile).toBe(lockfile);
    expect(again.packages.map(({ source }) => source)).toEqual(["browser", "browser"]);
  });

  it("R9: offline, what is missing is named", async ({ expect }) => {
    const registry = await createFakeRegistry([left, right]);
    const load = (main: string, lockfile?: string) =>
      registry.loader().load(project(main), { cacheSetting: "only", ...(lockfile === undefined ? {} : { lockfile }) });
    await expect(load('import "left"')).rejects.toMatchObject({
      code: "ERR_NOT_CACHED",
      message: expect.stringContaining("left@*"),
    });
    const { lockfile } = await registry.loader().load(project('import "left"'));
    const other = await createFakeRegistry([]);
    await expect(
      other.loader().load(project('import "left"'), { lockfile, cacheSetting: "only" }),
    ).rejects.toMatchObject({
      code: "ERR_NOT_CACHED",
      details: { package: "left@1.0.0" },
    });
  });

  it("R71: what is locked is what is loaded, although the registry has something newer", async ({ expect }) => {
    const old = await createFakeRegistry([left, right]);
    const { lockfile } = await old.loader().load(project('import "left"'));
    const newer = { ...right, manifest: { ...right.manifest, version: "1.9.0" } };
    const registry = await createFakeRegistry([left, right, newer]);
    const locked = await registry.loader().load(project('import "left"'), { lockfile });
    expect(locked.lockfile).toBe(lockfile);
    const unlocked = await registry.loader().load(project('import "left"'));
    expect(unlocked.lockfile).toContain('version = "1.9.0"');
  });

  it("P6: frozen refuses what the lockfile lacks, and loads what it has", async ({ expect }) => {
    const registry = await createFakeRegistry([left, right]);
    const { lockfile } = await registry.loader().load(project('import "left"'));
    await expect(
      registry.loader().load(project('import "left"; import "right@1"'), { lockfile, frozen: true }),
    ).rejects.toMatchObject({
      code: "ERR_LOCKFILE_STALE",
      message: "The lockfile is frozen and lacks right@1",
    });
    await registry.loader().load(project('import "left"'), { lockfile, frozen: true });
  });

  it("R105 R96: an archive that is not what the registry promised is neither kept nor linked", async ({ expect }) => {
    const registry = await createFakeRegistry([left, right]);
    registry.answer("right/-/right-1.2.0.tgz", new Uint8Array([1, 2, 3]));
    await expect(registry.loader().load(project('import "left"'))).rejects.toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      details: {
        package: "right@1.2.0",
        expected: expect.stringMatching(/^sha512-/),
        actual: expect.stringMatching(/^sha512-/),
      },
    });
    const kept = registry.events.filter(
      ({ stage, subject, kind }) => stage === "compile" && subject === "right@1.2.0" && kind === "start",
    );
    expect(kept).toEqual([]);
  });

  it("a checksum in the lockfile that the archive does not have is an error that says which to trust", async ({
    expect,
  }) => {
    const registry = await createFakeRegistry([left, right]);
    const { lockfile } = await registry.loader().load(project('import "right"'));
    const changed = lockfile.replace(/sha256:[0-9a-f]{64}/, `sha256:${"0".repeat(64)}`);
    await expect(registry.loader().load(project('import "right"'), { lockfile: changed })).rejects.toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      details: { package: "right@1.2.0", expected: `sha256:${"0".repeat(64)}` },
    });
  });

  it("only packages that are reached are fetched", async ({ expect }) => {
    const shallow: FakePackage = { ...left, files: { "index.js": "export const left = 1;" } };
    const registry = await createFakeRegistry([shallow, right]);
    const program = await registry.loader().load(project('import "left"'));
    expect(program.packages.map(({ name }) => name)).toEqual(["left"]);
    expect(program.lockfile).toContain('name = "right"');
    expect(registry.requests).not.toContain("right/-/right-1.2.0.tgz");
  });
});

describe("errors before anything runs", () => {
  it.for([
    ["an unknown package", 'import "nope"', "ERR_PACKAGE_NOT_FOUND", /"nope"/],
    ["an unknown version", 'import "right@^9"', "ERR_VERSION_NOT_FOUND", /No version of "right" matches "\^9"/],
    ["an empty range", 'import "right@"', "ERR_INVALID_RANGE", /nothing after the @/],
    ["a name that is none", 'import "!!"', "ERR_INVALID_PACKAGE_NAME", /"!!" is not a package name/],
    ["a missing file", 'import "./chrat.ts"', "ERR_MODULE_NOT_FOUND", /no file "\/chrat.ts"/],
    [
      "a missing export of a file",
      'import { drow } from "./chart.ts"; drow()',
      "ERR_EXPORT_NOT_FOUND",
      /"drow" from ".\/chart.ts", which does not export it/,
    ],
    [
      "a missing export of a package",
      'import { wrong } from "left"; wrong',
      "ERR_EXPORT_NOT_FOUND",
      /"wrong" from "left"/,
    ],
    [
      "a file of a package that is not there",
      'import "right/none.js"',
      "ERR_MODULE_NOT_FOUND",
      /"right@1.2.0" has no file "none.js"/,
    ],
    ["a path that is not exported", 'import "left/index.js"', "ERR_PACKAGE_PATH_NOT_EXPORTED", /no "\.\/index.js"/],
    ["no module of Node", 'import "node:nope"', "ERR_UNKNOWN_BUILTIN_MODULE", /"node:nope" is no module of Node/],
    ["a syntax error", "const a = 1;\nconst b = ;", "ERR_SOURCE_PARSE", /\/main.ts:2:11/],
  ] as const)("%s", async ([, main, code, message], { expect }) => {
    const registry = await createFakeRegistry([left, right]);
    const loading = registry.loader().load(project(main, { "/chart.ts": "export function draw() {}" }));
    await expect(loading).rejects.toMatchObject({ name: "LoaderError", code, message: expect.stringMatching(message) });
  });

  it("M31: a missing export is shown where it is imported, with the nearest name", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    const main = 'import {\n  drow,\n} from "./chart.ts";\ndrow();';
    await expect(
      registry.loader().load(project(main, { "/chart.ts": "export function draw() {}" })),
    ).rejects.toMatchObject({
      details: { file: "/main.ts", line: 2, column: 3, hint: 'did you mean "draw"?', frame: "2 |   drow,\n  |   ^" },
    });
  });

  it("M78: the referrer of a package error is the import that asks for it", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    await expect(registry.loader().load(project('\nimport "nope"'))).rejects.toMatchObject({
      details: { referrer: "/main.ts:2:8", package: "nope" },
    });
  });
});

describe("URL imports", () => {
  const url = "https://cdn.test/x.js";

  it("R15 R17 R19: a URL is fetched, locked by its digest, and its relative imports follow it", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    registry.answer(url, 'export * from "./y.js";');
    registry.answer("https://cdn.test/y.js", "export const y = 1;");
    const main = project(`import { y } from "${url}"; export default y;`);
    const { lockfile, image } = await registry.loader({ linking: "modules" }).load(main);
    expect(image.modules.map((module) => module.url)).toEqual([
      "https://app.test/~/project/main.ts",
      url,
      "https://cdn.test/y.js",
    ]);
    expect(lockfile.match(/integrity = "sha256-/g)).toHaveLength(2);
    registry.requests.length = 0;
    await registry.loader().load(main, { lockfile });
    expect(registry.requests).toEqual([]);
  });

  it("R16: a URL that answers with other bytes than the lockfile has is refused", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    registry.answer(url, "export const x = 1;");
    const main = project(`import "${url}"`);
    const { lockfile } = await registry.loader().load(main);
    const other = await createFakeRegistry([]);
    other.answer(url, "export const x = 2;");
    await expect(other.loader().load(main, { lockfile })).rejects.toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
  });

  it("URLs of other origins go through the proxy, the registry is not asked", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    registry.answer(`https://app.test/url?href=${url}`, "export const x = 1;");
    await registry.loader({ urlProxy: "https://app.test/url?href=" }).load(project(`import "${url}"`));
    expect(registry.requests.some((request) => request.startsWith(REGISTRY))).toBe(false);
  });
});

describe("what a running program asks for", () => {
  it("import() at run time loads, locks and links only what is new", async ({ expect }) => {
    const registry = await createFakeRegistry([left, right]);
    const program = await registry
      .loader({ linking: "modules" })
      .load(project('import "right"; export const go = (name) => import(name);'));
    const part = await program.importModule("left", program.image.entry);
    expect(part.modules.map((module) => module.url)).toEqual([
      "https://app.test/~/left@1.0.0/index.js",
      "https://app.test/~/right@1.2.0/main.js#node-1",
    ]);
    expect(program.lockfile).toContain('"left@*" = "left@1.0.0"');
  });

  it("an import() that fails names the module that made it", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    const program = await registry.loader().load(project("export {};"));
    const entry = "https://app.test/~/project/main.ts";
    await expect(program.importModule("nope", entry)).rejects.toMatchObject({
      code: "ERR_PACKAGE_NOT_FOUND",
      details: { referrer: "/main.ts" },
    });
    await expect(program.importModule("./none.ts", entry)).rejects.toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
  });

  it("files of the project, of packages, and files beside a package's modules by their bare name", async ({
    expect,
  }) => {
    const registry = await createFakeRegistry([right]);
    const program = await registry.loader().load(project('import "right"', { "/data.txt": "text" }));
    const read = async (url: string) => {
      const asset = await program.readAsset(url);
      return asset && new TextDecoder().decode(asset.bytes);
    };
    expect(await read("https://app.test/~/project/data.txt")).toBe("text");
    expect(await read("https://app.test/~/right@1.2.0/data.bin")).toBe("bytes");
    expect(await read("https://app.test/~/project/data.bin")).toBe("bytes");
    expect(await read("https://app.test/~/project/none")).toBeUndefined();
    expect(await read("https://elsewhere.test/data.bin")).toBeUndefined();
  });
});

describe("optional peers", () => {
  const view: FakePackage = {
    manifest: { name: "view", version: "2.0.0" },
    files: { "index.js": "exports.view = 1;" },
  };
  const state: FakePackage = {
    manifest: {
      name: "state",
      version: "1.0.0",
      exports: { ".": "./index.mjs", "./plain": "./plain.mjs" },
      peerDependencies: { view: ">=1", never: "*" },
      peerDependenciesMeta: { view: { optional: true }, never: { optional: true } },
    },
    files: {
      "index.mjs": 'export { view } from "view"; export * from "./plain.mjs";',
      "plain.mjs": "export const a = 1;",
    },
  };
  const names = (program: { packages: readonly { name: string }[] }) => program.packages.map(({ name }) => name);

  it("P81: one that is imported for certain is added to the lock, and only then", async ({ expect }) => {
    const registry = await createFakeRegistry([state, view]);
    const files = project('import { view } from "state"; export default view;');
    const program = await registry.loader().load(files);
    expect(names(program)).toEqual(["state", "view"]);
    const { lockfile } = program;
    registry.requests.length = 0;
    const again = await registry.loader().load(files, { lockfile, frozen: true, cacheSetting: "only" });
    expect(registry.requests).toEqual([]);
    expect(again.lockfile).toBe(lockfile);
    expect(names(await registry.loader().load(project('export * from "state/plain"')))).toEqual(["state"]);
  });

  it("a frozen lockfile without it is stale", async ({ expect }) => {
    const registry = await createFakeRegistry([state, view]);
    const { lockfile } = await registry.loader().load(project('import "state/plain"; await import("state");'));
    await expect(registry.loader().load(project('import "state"'), { lockfile, frozen: true })).rejects.toMatchObject({
      code: "ERR_LOCKFILE_STALE",
      details: { specifier: "view@>=1", referrer: "state@1.0.0/index.mjs" },
    });
  });

  it("P82: one that the project has in another version is an error that names both", async ({ expect }) => {
    const old = { ...view, manifest: { ...view.manifest, version: "0.5.0" } };
    const registry = await createFakeRegistry([state, old, view]);
    await expect(registry.loader().load(project('import "view@0.5"; import "state"'))).rejects.toMatchObject({
      code: "ERR_VERSION_CONFLICT",
      message: expect.stringContaining('state@1.0.0 needs "view" in >=1 as a peer'),
    });
  });
});

describe("several failures at once", () => {
  it("give the error of the first import, whichever answer came first", async ({ expect }) => {
    const registry = await createFakeRegistry(["one", "two"].map((name) => ({ manifest: { name, version: "1.0.0" } })));
    const answers = { one: Promise.withResolvers<void>(), two: Promise.withResolvers<void>() };
    const fetch = registry.host.fetch.bind(registry.host);
    registry.host.fetch = async (url, init) => {
      if (url.includes("one")) await answers.one.promise;
      if (url.includes("two")) await answers.two.promise;
      return fetch(url, init);
    };
    const main = project('import "one"; import "two";');
    for (const path of ["one", "two"]) registry.answer(path, undefined);
    const unknown = registry.loader().load(main);
    answers.two.resolve();
    setTimeout(() => answers.one.resolve(), 20);
    await expect(unknown).rejects.toMatchObject({ code: "ERR_PACKAGE_NOT_FOUND", details: { package: "one" } });
  });

  it("the same for archives", async ({ expect }) => {
    const names = ["one", "two"];
    const registry = await createFakeRegistry(names.map((name) => ({ manifest: { name, version: "1.0.0" } })));
    const fetch = registry.host.fetch.bind(registry.host);
    registry.host.fetch = async (url, init) => {
      if (!url.endsWith(".tgz")) return fetch(url, init);
      await new Promise((resolve) => setTimeout(resolve, url.includes("one") ? 20 : 0));
      return new Response("damaged");
    };
    await expect(registry.loader().load(project('import "one"; import "two";'))).rejects.toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      details: { package: "one@1.0.0" },
    });
  });
});

describe("text that is no path", () => {
  const esm = (name: string, code: string): FakePackage => ({
    manifest: { name, version: "1.0.0", type: "module", exports: { ".": "./index.js", "./*": "./*" } },
    files: { "index.js": code, "100%.js": "export {};" },
  });
  const packages = [
    esm("pack", "export {};"),
    esm("odd", 'import "constructor";'),
    { manifest: { name: "mainless", version: "1.0.0", main: "//[" }, files: { "index.js": "" } },
  ];

  it.for([
    ['import "//[";', "ERR_INVALID_MODULE_SPECIFIER"],
    ['import "https://cdn.test/x.js";', "ERR_INVALID_MODULE_SPECIFIER"],
    ['import "./%.js";', "ERR_MODULE_NOT_FOUND"],
    ['import "pack/%";', "ERR_MODULE_NOT_FOUND"],
    ['import "odd";', "ERR_MODULE_NOT_FOUND"],
    ['import "pack/100%.js"; import "mainless";', undefined],
  ] as const)("%s is an error with a code, or just works", async ([main, code], { expect }) => {
    const registry = await createFakeRegistry(packages);
    registry.answer("https://cdn.test/x.js", 'import "//[";');
    const load = registry.loader().load(project(main));
    if (code === undefined) await load;
    else await expect(load).rejects.toMatchObject({ code });
  });
});

describe("files of a package that are no modules", () => {
  it("are imported as bundlers have it: an address, text, nothing of an addon; a file without ending is a script", async ({
    expect,
  }) => {
    const registry = await createFakeRegistry([
      {
        manifest: { name: "assets", version: "1.0.0", main: "main" },
        files: {
          main: 'exports.list = [require("./a.png"), require("./b.txt"), typeof require("./c.node")];',
          "a.png": new Uint8Array([1, 2]),
          "b.txt": "text",
          "c.node": new Uint8Array([3]),
        },
      },
    ]);
    const { image } = await registry.loader().load(project('import "assets";'));
    const code = image.modules.map((module) => module.code).join();
    expect(code).toContain('module.exports = "https://app.test/~/assets@1.0.0/a.png"');
    expect(code).toContain('module.exports = "text"');
    expect(code).toContain("module.exports = {}");
  });
});

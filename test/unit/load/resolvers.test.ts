import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import {
  githubResolver,
  httpResolver,
  indexResolver,
  localResolver,
  type LoadOptions,
  projectPathResolver,
  type Resolver,
} from "../../../src/index.ts";
import { createHasher } from "../../../src/verify/digest.ts";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";

const BASE = "https://app.test/~/";

interface Input {
  readonly resolvers: readonly Resolver[];
  readonly files?: Record<string, string>;
  readonly urls?: Record<string, string>;
  readonly builtins?: string[];
  readonly load?: LoadOptions;
}

async function load(main: string, { resolvers, files = {}, urls = {}, builtins = [], load: options }: Input) {
  const packages = [
    { manifest: { name: "pack", version: "1.0.0", main: "main.js" }, files: { "main.js": 'require("@base/x.ts");' } },
    { manifest: { name: "right", version: "1.0.0" }, files: { "index.js": "exports.right = 1;" } },
  ];
  const registry = await createFakeRegistry(packages);
  for (const [url, body] of Object.entries(urls)) registry.answer(url, body);
  const loader = registry.loader({ linking: "modules", resolvers, builtins });
  const project = { entry: "/main.ts", files: { "/main.ts": main, ...files } };
  const program = await loader.load(project, options);
  const modules = program.image.modules.map(({ url }) => url.replace(BASE, "").replace(/#.*/, ""));
  const again = (more: LoadOptions) => loader.load(project, { lockfile: program.lockfile, ...more });
  return { program, registry, again, modules: [...new Set(modules)].filter((url) => url !== "project/main.ts") };
}

async function modulesOf(...input: Parameters<typeof load>): Promise<string[]> {
  return (await load(...input)).modules;
}

async function errorOf(loading: Promise<unknown>) {
  const error = await loading.catch((thrown: unknown) => thrown);
  if (isLoaderError(error)) return error;
  throw new Error("it was loaded");
}

const to = (name: string, answer: string, fields: Partial<Resolver> = {}): Resolver => ({
  name,
  prefixes: ["app:"],
  resolve: () => answer,
  ...fields,
});

describe("resolvers", () => {
  it("M5 M60: @base/ is the project, from wherever it is imported", async ({ expect }) => {
    const files = { "/lib/x.ts": 'import "@base/y.ts";', "/y.ts": "export {};" };
    const modules = await modulesOf('import "@base/lib/x.ts";', { resolvers: [projectPathResolver()], files });
    expect(modules.toSorted()).toEqual(["project/lib/x.ts", "project/y.ts"]);
  });

  it("M15 M71 M73: local files stand in for packages, by name or by beginning", async ({ expect }) => {
    const resolvers = [localResolver({ "@mine/": "/local/", right: "/local/right.ts" })];
    const files = { "/local/a.ts": "export {};", "/local/right.ts": "export {};" };
    expect(await modulesOf('import "@mine/a.ts"; import "right";', { resolvers, files })).toEqual([
      "project/local/a.ts",
      "project/local/right.ts",
    ]);
    expect(await errorOf(load('import "right/x";', { resolvers, files }))).toMatchObject({
      code: "ERR_MODULE_NOT_FOUND",
    });
  });

  it("M60: names may mean what is at a URL, and are locked as that", async ({ expect }) => {
    const at = "https://std.test/v1/";
    const resolvers = [httpResolver({ "@std/": at, chart: "https://cdn.test/chart.js" })];
    const urls = { [`${at}math.js`]: 'import "./more.js";', [`${at}more.js`]: "", "https://cdn.test/chart.js": "" };
    const { modules, program } = await load('import "@std/math.js"; import "chart";', { resolvers, urls });
    expect(modules.toSorted()).toEqual(Object.keys(urls).toSorted());
    expect(readLock(program.lockfile).urls["@std/math.js"]?.resolved).toBe(`${at}math.js`);
  });

  it("a resolver may lead to a package, which is locked, and to what a later one has an answer to", async ({
    expect,
  }) => {
    const resolvers = [to("first", "@base/x.ts"), projectPathResolver()];
    const files = { "/x.ts": 'import "lib:right";' };
    const named = { name: "lib", prefixes: ["lib:"], resolve: (text: string) => `npm:${text.slice(4)}@^1` };
    const { modules, program } = await load('import "app:x";', { resolvers: [...resolvers, named], files });
    expect(modules.toSorted()).toEqual(["project/x.ts", "right@1.0.0/index.js"]);
    expect(readLock(program.lockfile).imports).toEqual({ "right@^1": "right@1.0.0" });
  });

  it("M8 M59 M61: are asked by priority, then by the longest beginning, then in their order", async ({ expect }) => {
    const files = { "/a.ts": "export {};", "/b.ts": "export {};" };
    const ask = (...resolvers: Resolver[]) => modulesOf('import "app:x/y";', { resolvers, files });
    expect(await ask(to("a", "/a.ts"), to("b", "/b.ts"))).toEqual(["project/a.ts"]);
    expect(await ask(to("a", "/a.ts"), to("b", "/b.ts", { prefixes: ["app:x/"] }))).toEqual(["project/b.ts"]);
    const first = to("a", "/a.ts", { priority: 360 });
    expect(await ask(to("b", "/b.ts", { prefixes: ["app:x/"] }), first)).toEqual(["project/a.ts"]);
    expect(await ask(to("none", "", { resolve: () => undefined }), to("b", "/b.ts"))).toEqual(["project/b.ts"]);
  });

  it("packages know what they mean: no resolver is asked about their imports", async ({ expect }) => {
    const files = { "/x.ts": "export {};" };
    expect(await modulesOf('import "pack";', { resolvers: [projectPathResolver()], files })).toEqual([
      "pack@1.0.0/main.js",
    ]);
  });

  it("one that fails is named, with who asked", async ({ expect }) => {
    const broken = to("broken", "", { resolve: () => Promise.reject(new Error("no luck")) });
    expect(await errorOf(load('import "app:x";', { resolvers: [broken] }))).toMatchObject({
      code: "ERR_RESOLVER_FAILED",
      message: 'The resolver "broken" failed at "app:x": no luck',
      details: { referrer: "/main.ts:1:8" },
    });
  });

  it("import() of a running program asks them too", async ({ expect }) => {
    const files = { "/x.ts": "export {};" };
    const { program } = await load("export {};", { resolvers: [projectPathResolver()], files });
    const part = await program.importModule("@base/x.ts", program.image.entry);
    expect(part.modules.map(({ url }) => url)).toEqual([`${BASE}project/x.ts`]);
  });
});

describe("files at GitHub", () => {
  const raw = "https://raw.githubusercontent.com/owner/repo/v1/src/x.js";

  it.for(["github:owner/repo/src/x.js@v1", "https://github.com/owner/repo/blob/v1/src/x.js"])(
    "M60: %s is locked as what it led to, and loads again without the network",
    async (specifier, { expect }) => {
      const urls = { [raw]: 'export * from "./y.js";', [raw.replace("x.js", "y.js")]: "export {};" };
      const { modules, program, registry, again } = await load(`import "${specifier}";`, {
        resolvers: [githubResolver()],
        urls,
      });
      expect(modules).toEqual([raw, raw.replace("x.js", "y.js")]);
      expect(readLock(program.lockfile).urls[specifier]).toMatchObject({ resolved: raw });
      registry.requests.length = 0;
      expect((await again({ frozen: true, cacheSetting: "only" })).lockfile).toBe(program.lockfile);
      expect(registry.requests).toEqual([]);
    },
  );
});

describe("a registry that is an index", () => {
  const INDEX = "https://index.test/modules.json";
  const code = "export const sum = 1;";
  const sha256 = (text: string): string => {
    const hasher = createHasher("sha256");
    hasher.update(new TextEncoder().encode(text));
    return [...hasher.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const entry = (version: string, fields: object = {}, text = code) => ({
    name: "math",
    author: "mlld",
    version,
    needs: [],
    availableVersions: ["1.0.0", "2.0.0"],
    tags: { latest: "2.0.0", stable: "2.0.0" },
    source: { type: "github", url: `https://raw.test/math-${version}.js`, contentHash: `sha256:${sha256(text)}` },
    ...fields,
  });
  const indexOf = (module: object) => JSON.stringify({ modules: { "@mlld/math": module } });
  const input = (module: object, text = code): Input => ({
    resolvers: [indexResolver({ prefixes: ["@mlld/"], url: INDEX })],
    urls: { [INDEX]: indexOf(module), "https://raw.test/math-2.0.0.js": text, "https://raw.test/math-3.0.0.js": code },
  });

  it.for(["@mlld/math", "@mlld/math@2.0.0", "@mlld/math@stable"])(
    "M14 M62 M63 M64: %s is what the index says, with its hash as integrity",
    async (specifier, { expect }) => {
      expect(await modulesOf(`import "${specifier}";`, input(entry("2.0.0")))).toEqual([
        "https://raw.test/math-2.0.0.js",
      ]);
    },
  );

  it("M17: content that has another hash is refused", async ({ expect }) => {
    const loading = load('import "@mlld/math";', input(entry("2.0.0"), "export const other = 1;"));
    expect(await errorOf(loading)).toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
  });

  it("M9 M13: the first import adds it to the lock, and there it stays when the index goes on", async ({ expect }) => {
    const { registry, again, program } = await load('import "@mlld/math";', input(entry("2.0.0")));
    registry.answer(INDEX, indexOf(entry("3.0.0", { tags: { latest: "3.0.0" } })));
    registry.requests.length = 0;
    const locked = await again({ frozen: true });
    expect([registry.requests, locked.lockfile]).toEqual([[], program.lockfile]);
    const { lockfile } = await again({ lockfile: "version = 2" });
    expect(readLock(lockfile).urls["@mlld/math"]?.resolved).toBe("https://raw.test/math-3.0.0.js");
  });

  it.for([
    ["M10: a version that the index has not", "@mlld/math@1.0.0", entry("2.0.0"), "ERR_VERSION_NOT_FOUND"],
    ["M65: a module for another runtime", "@mlld/math", entry("2.0.0", { needs: ["node"] }), "ERR_RUNTIME_MISSING"],
    ["a module that the index has not", "@mlld/none", entry("2.0.0"), "ERR_PACKAGE_NOT_FOUND"],
    ["an entry without a source", "@mlld/math", entry("2.0.0", { source: {} }), "ERR_INDEX_INVALID"],
    [
      "a hash that is none",
      "@mlld/math",
      entry("2.0.0", { source: { url: "https://raw.test/x.js", contentHash: "md5:1" } }),
      "ERR_INDEX_INVALID",
    ],
  ] as const)("%s is an error", async ([, specifier, module, expected], { expect }) => {
    const error = await errorOf(load(`import "${specifier}";`, input(module)));
    expect(error).toMatchObject({ code: expected, details: { referrer: "/main.ts:1:8" } });
  });

  it("M65: a module for Node runs where its modules are", async ({ expect }) => {
    const settings = { ...input(entry("2.0.0", { needs: ["node"] })), builtins: ["fs"] };
    expect(await modulesOf('import "@mlld/math";', settings)).toHaveLength(1);
  });

  it("R9: what is not locked is not looked up without the network", async ({ expect }) => {
    const loading = load('import "@mlld/math";', { ...input(entry("2.0.0")), load: { cacheSetting: "only" } });
    expect(await errorOf(loading)).toMatchObject({ code: "ERR_NOT_CACHED", details: { referrer: "/main.ts:1:8" } });
  });
});

import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import type { LoadOptions } from "../../../src/loader.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { createFakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";

const PLAIN = "https://host.test/tools-1.0.0.tgz";
const COMMIT = "c".repeat(40);
const GITHUB = `https://codeload.github.com/owner/tools/tar.gz/${COMMIT}`;

/** A registry that has `dep`, and an archive of `tools`, which depends on it, at two other places. */
async function open(fields: object = {}, file = "index.js") {
  const tools = {
    manifest: { name: "tools", version: "1.0.0", dependencies: { dep: "^1" }, ...fields },
    files: { [file]: 'exports.dep = require("dep");' },
  };
  const dep = { manifest: { name: "dep", version: "1.1.0" }, files: { "index.js": "exports.dep = 1;" } };
  const registry = await createFakeRegistry([tools, dep]);
  const archive = new Uint8Array(await (await registry.host.fetch(`${REGISTRY}tools/-/tools-1.0.0.tgz`)).arrayBuffer());
  for (const url of [PLAIN, GITHUB]) registry.answer(url, archive);
  registry.answer("https://api.github.com/repos/owner/tools/commits/v1.0.0", JSON.stringify({ sha: COMMIT }));
  registry.answer("tools", undefined);
  registry.requests.length = 0;
  const load = async (main: string, files: Record<string, string> = {}, options: LoadOptions = {}) => {
    const program = await registry.loader().load({ entry: "/main.ts", files: { "/main.ts": main, ...files } }, options);
    return { program, packages: program.packages.map(({ name, version }) => `${name}@${version}`).toSorted() };
  };
  return { registry, load };
}

async function errorOf(loading: Promise<unknown>) {
  const error = await loading.catch((thrown: unknown) => thrown);
  if (isLoaderError(error)) return error;
  throw new Error("it was loaded");
}

describe("packages that no registry has", () => {
  it.for([
    ["P37 P64: an archive at a URL", PLAIN, PLAIN],
    ["P64: the same under a name", `tools@${PLAIN}`, PLAIN],
    ["P35: a repository at a tag", "github:owner/tools#v1.0.0", GITHUB],
    ["R14: the address of a repository at a tag", "https://github.com/owner/tools/v1.0.0", GITHUB],
  ] as const)("%s is a package as any other, locked by what it was", async ([, specifier, url], { expect }) => {
    const { registry, load } = await open();
    const main = `import { dep } from "${specifier}"; export default dep;`;
    const { program, packages } = await load(main);
    expect(packages).toEqual(["dep@1.1.0", "tools@1.0.0"]);
    expect(registry.requests.filter((asked) => asked.includes(url))).toHaveLength(1);
    const tools = readLock(program.lockfile).packages["tools@1.0.0"];
    const git = { kind: "git", url: "https://github.com/owner/tools.git", commit: COMMIT, ref: "v1.0.0" };
    const pinned = url === PLAIN ? { source: { kind: "url", url } } : { source: git, resolved: url };
    expect(tools).toMatchObject({ ...pinned, integrity: expect.stringMatching(/^sha512-/) });
    registry.requests.length = 0;
    const again = await load(main, {}, { lockfile: program.lockfile, frozen: true, cacheSetting: "only" });
    expect([registry.requests, again.program.lockfile]).toEqual([[], program.lockfile]);
  });

  it.for([{ main: "dist/index.js" }, { exports: "./dist/index.js" }])(
    "P35: a repository without the file that %j names has to be built first",
    async (fields, { expect }) => {
      const { load } = await open(fields, "src/index.ts");
      const error = await errorOf(load('import "github:owner/tools#v1.0.0";'));
      expect(error).toMatchObject({ code: "ERR_PACKAGE_NOT_BUILT", details: { referrer: "/main.ts:1:8" } });
      expect(error.hint).toContain("scripts that build a package are not run");
    },
  );

  it("a manifest may ask for them, and another import does not have them fetched again", async ({ expect }) => {
    const { registry, load } = await open();
    const files = { "/package.json": JSON.stringify({ dependencies: { kit: PLAIN } }) };
    const { program, packages } = await load('import "kit";', files);
    expect(packages).toEqual(["dep@1.1.0", "tools@1.0.0"]);
    registry.requests.length = 0;
    await load('import "kit"; import "dep";', files, { lockfile: program.lockfile });
    expect(registry.requests).toEqual([]);
  });

  it("R105: an archive that is not what the lockfile pins is refused", async ({ expect }) => {
    const main = `import "${PLAIN}";`;
    const { program } = await (await open()).load(main);
    const { registry, load } = await open();
    registry.answer(PLAIN, new Uint8Array([1, 2, 3]));
    const loading = load(main, {}, { lockfile: program.lockfile });
    expect(await errorOf(loading)).toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
  });

  it.for([
    ["one that is not there", "https://host.test/none.tgz", {}, "ERR_FETCH_STATUS"],
    ["one that may not be fetched", PLAIN, { cacheSetting: "only" }, "ERR_NOT_CACHED"],
    ["a repository of another kind", "sourcehut:~owner/tools#v1", {}, "ERR_UNSUPPORTED_DEPENDENCY"],
  ] as const)("%s is an error that names the import", async ([, specifier, options, code], { expect }) => {
    const { load } = await open();
    const error = await errorOf(load(`import "${specifier}";`, {}, options));
    expect(error).toMatchObject({ code, details: { referrer: "/main.ts:1:8" } });
  });
});

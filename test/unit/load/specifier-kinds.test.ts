import { describe, it } from "vitest";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";

const url = "https://cdn.test/x.js";
const text = "export const x = 1;";
const project = (main: string) => ({ entry: "/main.ts", files: { "/main.ts": main } });

async function digestOf(source: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("R16: a URL with the digest of what is there", () => {
  it("is fetched without it, and loads what fits", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    registry.answer(url, text);
    const program = await registry
      .loader()
      .load(project(`import { x } from "${url}?sha256=${await digestOf(text)}"; x;`));
    expect(program.lockfile).toContain(url);
  });

  it("refuses what does not fit, locked or not", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    registry.answer(url, text);
    const files = project(`import "${url}#sha256-${await digestOf("other")}";`);
    const mismatch = { code: "ERR_INTEGRITY_MISMATCH", details: expect.objectContaining({ specifier: url }) };
    await expect(registry.loader().load(files)).rejects.toMatchObject({ code: mismatch.code });
    const { lockfile } = await registry.loader().load(project(`import "${url}";`));
    await expect(registry.loader().load(files, { lockfile })).rejects.toMatchObject(mismatch);
  });
});

describe("specifiers of the project's own", () => {
  const files = {
    "/src/main.ts": "",
    "/src/x.ts": "export {};",
    "/package.json": '{ "workspaces": ["packages/*"] }',
    "/packages/ui/package.json":
      '{ "name": "ui", "version": "1.2.0", "exports": { ".": "./main.ts", "./x": "./x.ts" } }',
    "/packages/ui/main.ts": "export {};",
    "/packages/ui/x.ts": "export {};",
  };
  const load = async (specifier: string) => {
    const registry = await createFakeRegistry([]);
    const all = { ...files, "/src/main.ts": `import "${specifier}";` };
    const { image } = await registry.loader({ linking: "modules" }).load({ entry: "/src/main.ts", files: all });
    return image.modules.map((module) => module.url.replace("https://app.test/~/project", "")).toSorted();
  };

  it.for([
    ["file:./x.ts", "/src/x.ts"],
    ["file:///src/x.ts", "/src/x.ts"],
    ["workspace:ui", "/packages/ui/main.ts"],
    ["workspace:ui@^1.0.0/x", "/packages/ui/x.ts"],
    ["ui@workspace:*", "/packages/ui/main.ts"],
  ] as const)("P62 P65: %s", async ([specifier, path], { expect }) => {
    expect(await load(specifier)).toContain(path);
  });

  it("a workspace in another version than is asked for is an error that has both", async ({ expect }) => {
    await expect(load("workspace:ui@^2")).rejects.toMatchObject({
      code: "ERR_VERSION_NOT_FOUND",
      details: { expected: "^2", actual: "1.2.0", referrer: "/src/main.ts:1:8" },
    });
  });
});

describe("P27: name@catalog: in a source text", () => {
  const pack = (version: string) => ({ manifest: { name: "pack", version }, files: { "index.js": "" } });
  const load = async (specifier: string, manifest: Record<string, string>) => {
    const registry = await createFakeRegistry([pack("1.0.0"), pack("2.0.0")]);
    const { packages, lockfile } = await registry
      .loader()
      .load({ entry: "/main.ts", files: { "/main.ts": `import "${specifier}";`, ...manifest } });
    return [packages.map(({ name, version }) => `${name}@${version}`), lockfile.match(/"pack@.*$/m)?.[0]];
  };

  it.for([
    ["pack@catalog:", { "/package.json": '{ "catalog": { "pack": "^1" } }' }],
    [
      "pack@catalog:old",
      { "/package.json": '{ "workspaces": { "packages": [], "catalogs": { "old": { "pack": "^1" } } } }' },
    ],
    ["other@catalog:", { "/raya.toml": '[catalog]\nother = { package = "pack", version = "^1" }\n' }],
  ] as const)("%s is the range that the root's manifest has", async ([specifier, manifest], { expect }) => {
    expect(await load(specifier, manifest)).toEqual([["pack@1.0.0"], '"pack@^1" = "pack@1.0.0"']);
  });
});

describe("specifiers that are understood and cannot be loaded", () => {
  it.for([
    ["git+ssh://git@host.test/user/repo.git", "ERR_SOURCE_UNSUPPORTED", "is a git repository"],
    ["workspace:ui", "ERR_INVALID_LOCAL_PACKAGE", 'The project has no workspace "ui"'],
    ["ui@catalog:", "ERR_INVALID_RANGE", 'The project\'s catalog has no "ui"'],
    ["native:sockets", "ERR_NATIVE_MODULE_NOT_FOUND", 'The host has no native module "sockets"'],
  ] as const)("%s: %s", async ([specifier, code, says], { expect }) => {
    const registry = await createFakeRegistry([]);
    const load = registry.loader().load(project(`import "${specifier}";`));
    await expect(load).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
  });
});

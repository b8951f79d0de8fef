import { describe, it } from "vitest";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";

const TYPED = {
  manifest: { name: "typed", version: "1.0.0", main: "index.js", types: "index.d.ts", description: "left out" },
  files: {
    "index.js": "exports.a = 1;",
    "index.d.ts": "/** One. */\nexport declare const a: 1;",
    "deep/b.d.mts": "export {};",
    "deep/source.ts": "export {};",
  },
};
const UNTYPED = { manifest: { name: "untyped", version: "1.0.0", main: "index.js" }, files: { "index.js": "" } };
const project = { entry: "/main.js", files: { "/main.js": 'import "typed"; import "untyped";' } };

describe("type definitions of packages", () => {
  it("R42: are the package's own files, with what says where they are", async ({ expect }) => {
    const registry = await createFakeRegistry([TYPED, UNTYPED]);
    const program = await registry.loader().load(project);
    expect(await program.readTypes("typed@1.0.0")).toEqual({
      package: "typed@1.0.0",
      manifests: { "": { name: "typed", version: "1.0.0", main: "index.js", types: "index.d.ts" } },
      files: { "index.d.ts": TYPED.files["index.d.ts"], "deep/b.d.mts": "export {};" },
    });
  });

  it("R44: may be missing", async ({ expect }) => {
    const registry = await createFakeRegistry([TYPED, UNTYPED]);
    const program = await registry.loader().load(project);
    expect((await program.readTypes("untyped@1.0.0")).files).toEqual({});
  });

  it("are stored when they are first asked for; before that there are none offline", async ({ expect }) => {
    const registry = await createFakeRegistry([TYPED, UNTYPED]);
    const { lockfile } = await registry.loader().load(project);
    const offline = await registry.loader().load(project, { lockfile, cacheSetting: "only" });
    await expect(offline.readTypes("typed@1.0.0")).rejects.toMatchObject({ code: "ERR_NOT_CACHED" });
    const online = await registry.loader().load(project, { lockfile });
    const types = await online.readTypes("typed@1.0.0");
    expect(await offline.readTypes("typed@1.0.0")).toEqual(types);
  });

  it("are those of the program's packages only", async ({ expect }) => {
    const registry = await createFakeRegistry([TYPED, UNTYPED]);
    const program = await registry.loader().load(project);
    await expect(program.readTypes("other@1.0.0")).rejects.toMatchObject({ code: "ERR_LOCKFILE_INVALID" });
  });
});

import { describe, it } from "vitest";
import { readLock } from "../../../src/lock/read-lock.ts";
import { builtinSource } from "../../../src/resolve/builtin-table.ts";
import { FAKE_POLYFILLS } from "../../fixtures/fake-polyfills.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

const project = (main: string) => ({ entry: "/main.ts", files: { "/main.ts": main } });

const uses = (name: string, code: string, manifest: Record<string, unknown> = {}): FakePackage => ({
  manifest: { name, version: "1.0.0", ...manifest },
  files: { "index.js": code },
});
const pack = uses("pack", `exports.a = require("buffer").Buffer;`);

/** What stands in for modules of Node in a lockfile, and the names of its packages. */
function locked(lockfile: string): { builtins: Record<string, string>; packages: string[] } {
  const { builtins, packages } = readLock(lockfile);
  const standIns = Object.entries(builtins).map(([name, { package: id, subpath }]) => [name, id + subpath.slice(1)]);
  return { builtins: Object.fromEntries(standIns), packages: Object.values(packages).map(({ name }) => name) };
}

describe("modules of Node in the lockfile", () => {
  it("what stands in for one is resolved, locked, verified and stored as any package", async ({ expect }) => {
    const registry = await createFakeRegistry([pack, ...FAKE_POLYFILLS]);
    const { lockfile, packages } = await registry.loader().load(project('import { a } from "pack"; export default a;'));
    expect(locked(lockfile)).toEqual({
      builtins: { buffer: "buffer@6.0.3" },
      packages: ["base64-js", "buffer", "pack"],
    });
    expect(lockfile.match(/checksum = "sha256:/g)).toHaveLength(3);
    expect(packages.map(({ name, via }) => [name, via.join(" → ")])).toEqual([
      ["pack", "/main.ts → pack@1.0.0"],
      ["buffer", "/main.ts → pack@1.0.0 → node:buffer → buffer@6.0.3"],
      ["base64-js", "/main.ts → pack@1.0.0 → node:buffer → buffer@6.0.3 → base64-js@1.5.1"],
    ]);
    registry.requests.length = 0;
    const files = project('import { a } from "pack"; export default a;');
    const again = await registry.loader().load(files, { lockfile, cacheSetting: "only" });
    expect([registry.requests, again.lockfile]).toEqual([[], lockfile]);
  });

  it("a program that reaches none has none", async ({ expect }) => {
    const registry = await createFakeRegistry([uses("pack", "exports.a = 1;"), ...FAKE_POLYFILLS]);
    const { lockfile } = await registry.loader().load(project('import { a } from "pack"; export default a;'));
    expect(locked(lockfile)).toEqual({ builtins: {}, packages: ["pack"] });
    expect(registry.requests.some((request) => request.startsWith("buffer"))).toBe(false);
  });

  it("nothing is asked of a branch for another NODE_ENV", async ({ expect }) => {
    const code = `if (process.env.NODE_ENV !== "production") require("stream"); exports.a = 1;`;
    const registry = await createFakeRegistry([uses("pack", code), ...FAKE_POLYFILLS]);
    const load = (mode: "production" | "development") => registry.loader({ mode }).load(project('import "pack"'));
    expect(locked((await load("production")).lockfile).builtins).toEqual({});
    const { builtins } = locked((await load("development")).lockfile);
    expect(builtins).toEqual({ stream: "readable-stream@4.7.0/lib/stream.js" });
  });

  it("Buffer as a free name brings the package, where it is used", async ({ expect }) => {
    const registry = await createFakeRegistry([
      uses("free", "exports.a = Buffer;"),
      uses("own", "var Buffer = 1; exports.a = Buffer; exports.b = exports.Buffer;"),
      ...FAKE_POLYFILLS,
    ]);
    const own = await registry.loader().load(project('import { a } from "own"; export default a;'));
    expect(locked(own.lockfile).builtins).toEqual({});
    const free = await registry.loader().load(project('import { a } from "free"; export default a;'));
    expect(locked(free.lockfile).builtins).toEqual({ buffer: "buffer@6.0.3" });
    const main = await registry.loader().load(project("export default Buffer;"));
    expect(locked(main.lockfile).builtins).toEqual({ buffer: "buffer@6.0.3" });
  });

  it("what is locked is what is loaded, although the table or the registry has something newer", async ({ expect }) => {
    const old = { manifest: { name: "stream-of-old", version: "2.0.0" }, files: { "s.js": "exports.Readable = 1;" } };
    const registry = await createFakeRegistry([old, ...FAKE_POLYFILLS]);
    const files = project('import { Readable } from "node:stream"; export default Readable;');
    const { lockfile } = await registry.loader().load(files);
    const packageOf = (text: string): string => text.slice(text.indexOf("[[package]]"));
    const other = await registry.loader().load(project('import "stream-of-old/s.js"'));
    const pinned = lockfile
      .replace(packageOf(lockfile), packageOf(other.lockfile))
      .replace("readable-stream@4.7.0", "stream-of-old@2.0.0")
      .replace("./lib/stream.js", "./s.js");
    const program = await registry.loader().load(files, { lockfile: pinned, frozen: true });
    expect(program.packages.map(({ name, version }) => `${name}@${version}`)).toEqual(["stream-of-old@2.0.0"]);
    expect(program.lockfile).toBe(pinned);
  });

  it("P6: frozen refuses what is missing, and names it", async ({ expect }) => {
    const registry = await createFakeRegistry([pack, ...FAKE_POLYFILLS]);
    const { lockfile } = await registry.loader().load(project('import "path"'));
    const load = registry.loader().load(project('import "buffer"'), { lockfile, frozen: true });
    await expect(load).rejects.toMatchObject({
      code: "ERR_LOCKFILE_STALE",
      message: "The lockfile is frozen and lacks buffer@^6.0.3",
      details: { referrer: "node:buffer" },
    });
  });

  it("what is reached no more goes from the lockfile, what an import() may reach stays", async ({ expect }) => {
    const registry = await createFakeRegistry([
      pack,
      uses("lazy", `exports.load = () => import("./later.js");`),
      ...FAKE_POLYFILLS,
    ]);
    const { lockfile } = await registry.loader().load(project('import "pack"; import "path";'));
    const { lockfile: less } = await registry.loader().load(project('import "path";'), { lockfile });
    expect(locked(less)).toEqual({
      builtins: { path: "path-browserify@1.0.1" },
      packages: ["path-browserify"],
    });
    const { lockfile: kept } = await registry.loader().load(project('import "lazy";'), { lockfile });
    expect(locked(kept).builtins).toEqual(locked(lockfile).builtins);
  });

  it("an npm package of the name without code means Node's own", async ({ expect }) => {
    const placeholder = { manifest: { name: "path", version: "0.0.1-security" }, files: { "README.md": "" } };
    const registry = await createFakeRegistry([
      placeholder,
      uses("pack", `exports.join = require("path").join;`, { dependencies: { path: "0.0.1-security" } }),
      ...FAKE_POLYFILLS,
    ]);
    const { lockfile } = await registry.loader().load(project('import "pack"'));
    expect(locked(lockfile).builtins).toEqual({ path: "path-browserify@1.0.1" });
  });

  it("a realm that has them itself needs no packages, and a lockfile made elsewhere stays as it is", async ({
    expect,
  }) => {
    const registry = await createFakeRegistry([pack, ...FAKE_POLYFILLS]);
    const files = project('import "pack"; import fs from "fs"; export default [fs, Buffer];');
    const { lockfile } = await registry.loader().load(files);
    registry.requests.length = 0;
    const node = registry.loader({ builtins: ["fs", "buffer", "process"] });
    const fresh = await node.load(files);
    expect(locked(fresh.lockfile)).toEqual({ builtins: {}, packages: ["pack"] });
    const again = await node.load(files, { lockfile });
    expect(again.lockfile).toBe(lockfile);
    expect([fresh.image.nodeBuiltins, (await registry.loader().load(files)).image.nodeBuiltins]).toEqual([true, false]);
  });

  it.for(["node:fs-extra", "node:constructor", "node:", "node:internal/util/inspect"])(
    "%s is no module of Node",
    async (name, { expect }) => {
      const registry = await createFakeRegistry([]);
      await expect(registry.loader().load(project(`import "${name}"`))).rejects.toMatchObject({
        code: "ERR_UNKNOWN_BUILTIN_MODULE",
        message: `"${name}" is no module of Node`,
        details: { referrer: "/main.ts:1:8" },
      });
    },
  );

  it("import() at run time adds what it reaches to the lockfile", async ({ expect }) => {
    const registry = await createFakeRegistry([pack, ...FAKE_POLYFILLS]);
    const program = await registry.loader().load(project("export const go = (name) => import(name);"));
    expect(locked(program.lockfile).builtins).toEqual({});
    await program.importModule("node:path", "https://app.test/~/project/main.ts");
    expect(locked(program.lockfile).builtins).toEqual({ path: "path-browserify@1.0.1" });
  });
});

describe("the packages of the table", () => {
  it("are asked for by range, so that a lockfile can have what is newest", ({ expect }) => {
    expect(builtinSource("stream")?.polyfill).toBe("readable-stream@^4.7.0/lib/stream.js");
  });
});

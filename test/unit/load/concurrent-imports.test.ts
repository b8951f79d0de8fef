import { describe, it } from "vitest";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

// What running programs do: several imports at once, and again when one has failed.

const esm = (name: string, code: string, dependencies: Record<string, string> = {}): FakePackage => ({
  manifest: { name, version: "1.0.0", type: "module", exports: "./index.js", dependencies },
  files: { "index.js": code },
});
const PACKAGES = [
  esm("a", 'export { d as a } from "c";', { c: "1" }),
  esm("b", 'export { d as b } from "c";', { c: "1" }),
  esm("c", 'export { d } from "d";', { d: "1" }),
  esm("d", "export const d = 1;"),
];
const ENTRY = "https://app.test/~/project/main.js";
const project = { entry: "/main.js", files: { "/main.js": "export const load = (name) => import(name);" } };

/** Bare specifiers that no engine could resolve. */
const bare = (modules: readonly { code: string }[]): string[] =>
  modules.flatMap(({ code }) => [...code.matchAll(/from "([a-d])"/g)].map(([, name]) => name ?? ""));

describe("imports of a running program", () => {
  it("that overlap give each module once and whole, and one lockfile with all of them", async ({ expect }) => {
    const registry = await createFakeRegistry(PACKAGES);
    const fetch = registry.host.fetch.bind(registry.host);
    registry.host.fetch = async (url, init) => {
      await new Promise((resolve) => setTimeout(resolve, url.includes("d-1.0.0") ? 30 : url.includes("/a") ? 0 : 10));
      return fetch(url, init);
    };
    const program = await registry.loader({ linking: "modules" }).load(project);
    const parts = await Promise.all(["a", "b", "c", "d"].map((name) => program.importModule(name, ENTRY)));
    const modules = parts.flatMap((part) => part.modules);
    expect(modules.map(({ url }) => url).toSorted()).toEqual(
      ["a", "b", "c", "d"].map((name) => `https://app.test/~/${name}@1.0.0/index.js`),
    );
    expect(bare(modules)).toEqual([]);
    for (const name of ["a", "b", "c", "d"]) expect(program.lockfile).toContain(`"${name}@*" = "${name}@1.0.0"`);
  });

  it("that failed for want of a network work once it is back", async ({ expect }) => {
    const registry = await createFakeRegistry(PACKAGES);
    const fetch = registry.host.fetch.bind(registry.host);
    let connected = false;
    registry.host.fetch = async (url, init) => {
      if (!connected && url.endsWith("d-1.0.0.tgz")) throw new TypeError("Failed to fetch");
      return fetch(url, init);
    };
    const program = await registry.loader({ linking: "modules", limits: { attempts: 1 } }).load(project);
    await expect(program.importModule("a", ENTRY)).rejects.toMatchObject({ code: "ERR_FETCH_FAILED" });
    connected = true;
    const { modules } = await program.importModule("a", ENTRY);
    expect(modules.map(({ url }) => url)).toHaveLength(3);
    expect(bare(modules)).toEqual([]);
  });

  it("that failed leave nothing in what is imported next", async ({ expect }) => {
    const registry = await createFakeRegistry(PACKAGES);
    registry.answer("d/-/d-1.0.0.tgz", undefined);
    const program = await registry.loader({ linking: "modules" }).load(project);
    await expect(program.importModule("a", ENTRY)).rejects.toMatchObject({ code: "ERR_VERSION_NOT_FOUND" });
    const other = await createFakeRegistry([esm("e", "export {};")]);
    registry.answer("e", await (await other.host.fetch("https://registry.test/e")).text());
    registry.answer(
      "e/-/e-1.0.0.tgz",
      new Uint8Array(await (await other.host.fetch("https://registry.test/e/-/e-1.0.0.tgz")).arrayBuffer()),
    );
    const { modules } = await program.importModule("e", ENTRY);
    expect(modules.map(({ url }) => url)).toEqual(["https://app.test/~/e@1.0.0/index.js"]);
  });

  it("that cannot be linked leave nothing either", async ({ expect }) => {
    const registry = await createFakeRegistry([
      ...PACKAGES,
      esm("bad", 'import { none } from "d"; none();', { d: "1" }),
    ]);
    const program = await registry.loader({ linking: "modules" }).load(project);
    await expect(program.importModule("bad", ENTRY)).rejects.toMatchObject({ code: "ERR_EXPORT_NOT_FOUND" });
    const { modules } = await program.importModule("d", ENTRY);
    expect(modules.map(({ url }) => url)).toEqual(["https://app.test/~/d@1.0.0/index.js"]);
  });
});

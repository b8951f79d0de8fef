import { describe, it } from "vitest";
import { BASE, createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

/** Loads a project that imports `pack`, and links workers of it. */
async function load(files: Record<string, string>, packages: FakePackage[] = []) {
  const registry = await createFakeRegistry(packages);
  const program = await registry.loader().load({ entry: "/main.ts", files: { "/main.ts": "", ...files } });
  const link = (path: string, type: "classic" | "module" = "classic") =>
    program.linkWorker({ url: `${BASE}${path}`, type });
  return { program, link, registry };
}

const pack: FakePackage = {
  manifest: { name: "pack", version: "1.0.0", main: "index.js" },
  files: { "index.js": "module.exports = 'pack';", "work.js": "self.importScripts('./part.js');", "part.js": "var p;" },
};

describe("what a worker runs", () => {
  it("an ES module is an image of its own, whatever the page has already", async ({ expect }) => {
    const { program, link } = await load({
      "/main.ts": 'import "./shared.ts";',
      "/work.ts": 'import { s } from "./shared.ts"; console.log(s);',
      "/shared.ts": "export const s = 'shared';",
    });
    const { image, scripts } = await link("project/work.ts");
    expect(image.modules.map(({ code }) => code).join()).toContain("'shared'");
    expect([image.base, image.mode, scripts]).toEqual([program.image.base, program.image.mode, {}]);
  });

  it("a script stays a script, with those that it imports as literals, seen from the worker", async ({ expect }) => {
    const { link } = await load({
      "/lib/work.js":
        "importScripts('./a.js', `../b.js`, \"https://none.test/c.js\"); importScripts(name); if (process.env.NODE_ENV === 'x') y();",
      "/lib/a.js": "importScripts('./d.js');",
      "/b.js": "var b;",
      "/lib/d.js": "export const module = 1;",
    });
    const { image, scripts } = await link("project/lib/work.js");
    expect([image.entry, image.modules]).toEqual([`${BASE}project/lib/work.js`, []]);
    expect(Object.keys(scripts)).toEqual([
      `${BASE}project/lib/work.js`,
      `${BASE}project/lib/a.js`,
      `${BASE}project/b.js`,
    ]);
    expect(scripts[`${BASE}project/b.js`]).toContain("var b;");
    expect(scripts[image.entry]).not.toContain("process");
  });

  it("scripts that look for Node's modules are scripts, those that need packages are CommonJS", async ({ expect }) => {
    const { link, program } = await load(
      {
        "/main.ts": "new Worker(new URL('needs.js', import.meta.url));",
        "/looks.js": "if (typeof require === 'function') require('fs');",
        "/needs.js": "const pack = require('pack'); postMessage(pack);",
      },
      [pack],
    );
    expect(Object.keys((await link("project/looks.js")).scripts)).toHaveLength(1);
    expect(program.packages).toEqual([]);
    const { image, scripts } = await link("project/needs.js");
    expect([image.modules.length, scripts]).toEqual([1, {}]);
    expect(program.packages.map(({ name }) => name)).toEqual(["pack"]);
  });

  it("text of a blob: URL, with an import of the program", async ({ expect }) => {
    const { program } = await load({ "/part.ts": "export const part: string = 'of the program';" });
    const text = `import { part } from "${BASE}project/part.ts"; postMessage(part);`;
    const { image } = await program.linkWorker({ url: "blob:null/1", type: "module", text });
    expect(image.modules.map(({ code }) => code).join()).toContain("'of the program'");
  });

  it("a file of a package, and what its import() asks for", async ({ expect }) => {
    const { link } = await load({ "/main.ts": 'import "pack";' }, [pack]);
    const worker = await link("pack@1.0.0/work.js");
    expect(Object.keys(worker.scripts)).toEqual([`${BASE}pack@1.0.0/work.js`, `${BASE}pack@1.0.0/part.js`]);
    expect((await worker.readAsset(`${BASE}pack@1.0.0/part.js`))?.type).toBe("text/javascript");
    const part = await worker.importModule("./index.js", `${BASE}pack@1.0.0/work.js`);
    expect(part.modules.map(({ code }) => code).join()).toContain("'pack'");
  });

  it.for([
    ["a file that is not there", "project/none.js", "ERR_MODULE_NOT_FOUND"],
    ["a package that is not part of the program", "other@1.0.0/work.js", "ERR_MODULE_NOT_FOUND"],
    ["a file that does not parse", "project/broken.js", "ERR_SOURCE_PARSE"],
  ] as const)("%s is an error with a code", async ([, path, code], { expect }) => {
    const { link } = await load({ "/broken.js": "var = 1" });
    await expect(link(path)).rejects.toMatchObject({ code });
  });
});

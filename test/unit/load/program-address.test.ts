import { describe, it } from "vitest";
import { BASE, createFakeRegistry } from "../../fixtures/fake-registry.ts";

async function load() {
  const registry = await createFakeRegistry([
    {
      manifest: { name: "@scope/pack", version: "1.0.0", type: "module" },
      files: { "index.js": "export {};", "lib/late.js": "export const late = 1;", "dist/data.bin": "data" },
    },
  ]);
  const files = { "/main.ts": 'import "@scope/pack";', "/sub/other.ts": "export const other: number = 2;" };
  const program = await registry.loader({ linking: "modules" }).load({ entry: "/main.ts", files });
  const text = async (url: string) => new TextDecoder().decode((await program.readAsset(url))?.bytes);
  const importUrls = async (url: string) =>
    (await program.importModule(url, `${BASE}project/main.ts`)).modules.map((module) => module.url);
  return { text, importUrls };
}

describe("addresses of the program itself", () => {
  it("import() of one is that module, and asks no network", async ({ expect }) => {
    const { importUrls } = await load();
    expect(await importUrls(`${BASE}@scope/pack@1.0.0/lib/late.js`)).toEqual([`${BASE}@scope/pack@1.0.0/lib/late.js`]);
    expect(await importUrls(`${BASE}project/sub/other.ts?v=1#x`)).toEqual([`${BASE}project/sub/other.ts`]);
  });

  it("one that names nothing is an error that says so", async ({ expect }) => {
    const { importUrls } = await load();
    const nothing = {
      code: "ERR_MODULE_NOT_FOUND",
      message: '"@scope/pack@1.0.0/lib/none.js" is not part of the program',
    };
    await expect(importUrls(`${BASE}@scope/pack@1.0.0/lib/none.js`)).rejects.toMatchObject(nothing);
    await expect(importUrls(`${BASE}other@1.0.0/index.js`)).rejects.toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
    await expect(importUrls(`${BASE}project/none.ts`)).rejects.toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
  });

  it("a file is found at its own address, beside the modules, and where npm installs it", async ({ expect }) => {
    const { text } = await load();
    expect(await text(`${BASE}@scope/pack@1.0.0/dist/data.bin`)).toBe("data");
    expect(await text(`${BASE}project/dist/data.bin`)).toBe("data");
    expect(await text(`${BASE}project/node_modules/@scope/pack/dist/data.bin`)).toBe("data");
    expect(await text(`${BASE}project/node_modules/pack/dist/data.bin`)).toBe("");
  });
});

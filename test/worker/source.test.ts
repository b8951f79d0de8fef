import { gzipSync } from "fflate";
import { packTar } from "modern-tar";
import { describe, it } from "vitest";
import { readSource } from "../../src/artifact/read-source.ts";
import { createFakeEdge, createPackage, errorOf, registryOf } from "./fake-upstream.ts";

const FILES = {
  "package/package.json": '{"name":"react","version":"19.0.0"}',
  "package/index.js": "exports.a = 1; // one",
  "package/page.html": "<script>alert(1)</script>",
  "package/dist/a.js.map": JSON.stringify({
    version: 3,
    sourceRoot: "../src",
    sources: ["a.ts", "none.ts"],
    sourcesContent: ["export const a: number = 1;", null],
    mappings: "",
  }),
};

async function createEdge() {
  const entries = Object.entries(FILES).map(([name, body]) => ({ header: { name, size: body.length }, body }));
  const react = createPackage("react", "19.0.0", gzipSync(await packTar(entries)));
  return createFakeEdge(registryOf(react), { readSource });
}

describe("sources for debuggers", () => {
  it("are files of the archive, as text that is not to be run", async ({ expect }) => {
    const edge = await createEdge();
    for (const path of ["index.js", "page.html"]) {
      const response = await edge.get(`/~/react@19.0.0/${path}`);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(FILES[`package/${path}` as keyof typeof FILES]);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "text/plain; charset=utf-8",
        "content-security-policy": "sandbox",
        "x-content-type-options": "nosniff",
        "cache-control": "public, max-age=31536000, immutable",
      });
    }
  });

  it("are what the package's own source maps have, where the archive has no such file", async ({ expect }) => {
    const edge = await createEdge();
    expect(await (await edge.get("/~/react@19.0.0/src/a.ts")).text()).toBe("export const a: number = 1;");
    const missing = await edge.get("/~/react@19.0.0/src/none.ts");
    expect([missing.status, (await errorOf(missing)).code]).toEqual([404, "ERR_MODULE_NOT_FOUND"]);
  });

  it.for([
    ["no package", "/~/index.js"],
    ["no version", "/~/react/index.js"],
    ["no file", "/~/react@19.0.0/"],
    ["a project's file", "/~/project/main.ts"],
  ])("%s is an error", async ([, path], { expect }) => {
    const edge = await createEdge();
    const response = await edge.get(path ?? "");
    expect(response.status).toBe(404);
    expect((await errorOf(response)).code).toBe("ERR_ROUTE_NOT_FOUND");
    expect(edge.requests).toEqual([]);
  });

  it("are there only where they are asked for", async ({ expect }) => {
    const response = await createFakeEdge(registryOf(createPackage("react", "19.0.0"))).get("/~/react@19.0.0/index.js");
    expect((await errorOf(response)).code).toBe("ERR_ROUTE_NOT_FOUND");
  });
});

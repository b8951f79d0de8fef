import { SourceMap, type SourceMapPayload } from "node:module";
import { transform } from "esbuild";
import { describe, it } from "vitest";
import type { LoaderOptions, LoadOptions, Project } from "../../../src/loader.ts";
import { BASE, createFakeRegistry, type FakePackage, type FakeRegistry } from "../../fixtures/fake-registry.ts";

/** The first script of a program, and its map as Node reads it. */
async function load(
  project: Project,
  registry: FakeRegistry,
  options: Partial<LoaderOptions> = {},
  loadOptions: LoadOptions = {},
) {
  const program = await registry.loader({ sourceMaps: true, ...options }).load(project, loadOptions);
  const { code } = program.image.modules[0] ?? { code: "" };
  const [, base64 = ""] = /\n\/\/# sourceMappingURL=data:application\/json;base64,(.*)$/.exec(code) ?? [];
  const payload = JSON.parse(Buffer.from(base64, "base64").toString() || "null") as SourceMapPayload;
  return { program, code, payload, map: payload === null ? undefined : new SourceMap(payload) };
}

const project = (text: string, entry = "/main.ts"): Project => ({ entry, files: { [entry]: text } });

/** Line and column, both from 0. */
function placeOf(text: string, offset: number): [number, number] {
  const before = text.slice(0, offset).split("\n");
  return [before.length - 1, before.at(-1)?.length ?? 0];
}

/** Where the map says that the texts `mark0`, `mark1` … of the image come from. */
function mappedMarks({ code, map }: { code: string; map: SourceMap | undefined }): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { 0: mark, index } of code.matchAll(/["'`]?\bmark\d+/g)) {
    const entry = map?.findEntry(...placeOf(code, index));
    const place = entry !== undefined && "originalSource" in entry ? entry : undefined;
    found[mark.replace(/\W/, "")] = `${place?.originalSource}:${place?.originalLine}:${place?.originalColumn}`;
  }
  return found;
}

/** Where they are in a source. */
function marksIn(text: string, url: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { 0: mark, index } of text.matchAll(/["'`]?\bmark\d+/g))
    found[mark.replace(/\W/, "")] = `${url}:${placeOf(text, index).join(":")}`;
  return found;
}

const SOURCE = `/* of the package */
import { helper } from "./helper.js";

interface Options { readonly name: string }
export const first = (options: Options): string => "mark0" + options.name;

/** Documented. */
export function second(this: void, parameter: number): string[] {
  const values = [ "mark1", String(parameter) ]; // a comment
  return helper(values, "mark2");
}
export default class Third { readonly name: string = "mark3"; }
`;

/** A package whose code was made from TypeScript, minified; its source is in the map, or in the package. */
async function createMinified(where: "map" | "package" | "inline" | "nowhere" | "sections"): Promise<FakePackage> {
  const made = await transform(SOURCE, {
    loader: "ts",
    minify: true,
    sourcemap: where === "inline" ? "inline" : "external",
    sourcefile: "../src/index.ts",
    sourcesContent: where === "map" || where === "inline" || where === "sections",
  });
  const map = where === "sections" ? sectioned(made.map) : made.map;
  const files = {
    "dist/index.mjs": where === "inline" ? made.code : `${made.code}//# sourceMappingURL=index.mjs.map\n`,
    "dist/helper.js": "export const helper = (values, more) => [...values, more];\n",
    ...(where === "inline" ? {} : { "dist/index.mjs.map": map }),
    ...(where === "package" ? { "src/index.ts": SOURCE } : {}),
  };
  return { manifest: { name: "pack", version: "1.0.0", type: "module", main: "dist/index.mjs" }, files };
}

/** The same as an index map of one section. */
function sectioned(json: string): string {
  return JSON.stringify({
    version: 3,
    sections: [{ offset: { line: 0, column: 0 }, map: JSON.parse(json) as unknown }],
  });
}

const USE = `import Third, { first, second } from "pack";\nexport default [first, second, Third];\n`;
const PACKAGE_SOURCE = `${BASE}pack@1.0.0/src/index.ts`;

describe("the source map of an image", () => {
  it("leads to the project's own TypeScript, to the character, and has its text", async ({ expect }) => {
    const text = `import * as React from "react";
interface Props { readonly name: string }
export function Hello({ name }: Props) { return <b title="mark0">{name}</b>; }
const value = ("mark1" as unknown) satisfies unknown; export { value as default };
`;
    const react: FakePackage = {
      manifest: { name: "react", version: "19.0.0" },
      files: { "index.js": "", "jsx-runtime.js": "exports.jsx = () => {};" },
    };
    const registry = await createFakeRegistry([react]);
    const loaded = await load(project(text, "/main.tsx"), registry);
    expect(mappedMarks(loaded)).toMatchObject(marksIn(text, `${BASE}project/main.tsx`));
    const { sources, sourcesContent } = loaded.payload;
    expect(sourcesContent[sources.indexOf(`${BASE}project/main.tsx`)]).toBe(text);
  });

  it("is as good for texts in any language", async ({ expect }) => {
    const text = `const größe = "日本語 🙂"; export default [größe, "mark0"];\n`;
    const loaded = await load(project(text), await createFakeRegistry([]));
    expect(mappedMarks(loaded)).toEqual(marksIn(text, `${BASE}project/main.ts`));
    expect(loaded.payload.sourcesContent).toEqual([text]);
  });

  for (const where of ["package", "map", "inline", "sections"] as const) {
    it(`R47: leads through a package's own map to what was minified; its text is in the ${where}`, async ({
      expect,
    }) => {
      const loaded = await load(project(USE), await createFakeRegistry([await createMinified(where)]));
      expect(mappedMarks(loaded)).toEqual(marksIn(SOURCE, PACKAGE_SOURCE));
      const { sources, sourcesContent } = loaded.payload;
      // Debuggers ask for the rest when they show it.
      expect(sourcesContent[sources.indexOf(PACKAGE_SOURCE)]).toBe(where === "inline" ? SOURCE : null);
    });
  }

  it("stays with the package's file where the text of what it was made from is not to be had", async ({ expect }) => {
    const loaded = await load(project(USE), await createFakeRegistry([await createMinified("nowhere")]));
    expect(loaded.payload.sources).toContain(`${BASE}pack@1.0.0/dist/index.mjs`);
    expect(loaded.payload.sources).not.toContain(PACKAGE_SOURCE);
  });

  it("names a package's lines where it has no map, or one that is damaged", async ({ expect }) => {
    const text = `// one\nexport const a = () => {\n\n  return "mark0"; };\n//# sourceMappingURL=index.js.map`;
    for (const map of [{}, { "index.js.map": "{" }, { "index.js.map": `{"version":3,"sources":1}` }]) {
      const manifest = { name: "pack", version: "1.0.0", type: "module" };
      const registry = await createFakeRegistry([{ manifest, files: { "index.js": text, ...map } }]);
      const loaded = await load(project(`export { a } from "pack";`), registry);
      expect(mappedMarks(loaded)["mark0"]).toMatch(new RegExp(`^${BASE}pack@1.0.0/index.js:3:`));
    }
  });

  it("says what a name was before linking changed it, and nothing of what the linker wrote", async ({ expect }) => {
    const files = {
      "/main.ts": `import { f } from "./a.ts";\nimport { f as other } from "./b.ts";\nexport default [f(1), other(2)];\n`,
      "/a.ts": `export const f = (n: number) => n;`,
      "/b.ts": `export const f = (n: number) => n + 1;`,
    };
    const { code, map } = await load({ entry: "/main.ts", files }, await createFakeRegistry([]));
    expect(map?.findEntry(...placeOf(code, code.indexOf("f$1(2)")))).toMatchObject({
      name: "other",
      originalSource: `${BASE}project/main.ts`,
      originalLine: 2,
      originalColumn: 22,
    });
    const own = map?.findEntry(...placeOf(code, code.lastIndexOf("return")));
    expect(own).toMatchObject({ originalSource: undefined });
  });

  it("is there with the network gone, and for what is imported later", async ({ expect }) => {
    const registry = await createFakeRegistry([await createMinified("map")]);
    const text = `export default () => import("pack");`;
    const first = await load(project(text), registry, { keepLinked: "packages" });
    const { lockfile } = first.program;
    const later = await first.program.importModule("pack", `${BASE}project/main.ts`);
    expect(later.modules[0]?.code).toContain("sourceMappingURL");
    const before = registry.requests.length;
    const only = { lockfile: first.program.lockfile, cacheSetting: "only" } as const;
    const again = await load(project(USE), registry, { keepLinked: "packages" }, only);
    expect(mappedMarks(again)).toEqual(marksIn(SOURCE, PACKAGE_SOURCE));
    expect(registry.requests.length).toBe(before);
    expect(lockfile).not.toBe("");
  });

  it("of a package that was stored without its maps is had from the registry, and done without offline", async ({
    expect,
  }) => {
    const registry = await createFakeRegistry([await createMinified("map")]);
    const { program } = await load(project(USE), registry, { sourceMaps: false });
    const only = { lockfile: program.lockfile, cacheSetting: "only" } as const;
    const offline = await load(project(USE), registry, {}, only);
    expect(offline.payload.sources).toContain(`${BASE}pack@1.0.0/dist/index.mjs`);
    const online = await load(project(USE), registry, { keepLinked: "packages" }, { lockfile: program.lockfile });
    expect(mappedMarks(online)).toEqual(marksIn(SOURCE, PACKAGE_SOURCE));
  });

  it("is not there where nobody asked for it", async ({ expect }) => {
    const { code } = await load(project(`export default 1;`), await createFakeRegistry([]), { sourceMaps: false });
    expect(code).not.toContain("sourceMappingURL");
  });
});

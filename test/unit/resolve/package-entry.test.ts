import { describe, it } from "vitest";
import { browserRules } from "../../../src/resolve/entry-rules.ts";
import {
  type PackageView,
  resolveBrowserBare,
  resolvePackageEntry,
  resolvePackageFile,
} from "../../../src/resolve/package-entry.ts";

function view(manifests: Record<string, Record<string, unknown>>, ...files: string[]): PackageView {
  return {
    key: "p@1.0.0",
    name: "p",
    manifests,
    hasFile: (path) => files.includes(path),
    hasFolder: (folder) => files.some((path) => path.startsWith(`${folder}/`)),
  };
}

const forImport = browserRules("import", "production");
const forRequire = browserRules("require", "production");

const file = (path: string) => ({ kind: "file", path });

describe("R30: entries of packages without exports", () => {
  it.for([
    [
      "browser before module before main",
      { browser: "./b.js", module: "./m.js", main: "./main.js" },
      ".",
      "import",
      "b.js",
    ],
    ["module for import", { module: "./m.js", main: "./main.js" }, ".", "import", "m.js"],
    ["main for require, although there is module", { module: "./m.js", main: "./main.js" }, ".", "require", "main.js"],
    ["main without ./ and extension", { main: "main" }, ".", "import", "main.js"],
    ["main that is a folder", { main: "./lib" }, ".", "import", "lib/index.js"],
    ["index.js where nothing is said", {}, ".", "import", "index.js"],
    ["a subpath without extension", {}, "./lib/a", "import", "lib/a.js"],
    ["a subpath that is a folder with a package.json", {}, "./hooks", "import", "hooks/dist/h.mjs"],
  ] as const)("%s", ([, manifest, subpath, kind, expected], { expect }) => {
    const files = ["b.js", "m.js", "main.js", "lib/index.js", "lib/a.js", "index.js", "hooks/dist/h.mjs"];
    const p = view({ "": manifest, hooks: { module: "dist/h.mjs" } }, ...files);
    expect(resolvePackageEntry(p, subpath, browserRules(kind, "production"), {})).toEqual(file(expected));
  });

  it("a path that can only be a folder's is not the file beside it", ({ expect }) => {
    const p = view({ "": {} }, "lib.js", "lib/index.js");
    expect(resolvePackageFile(p, "lib", forRequire)).toEqual(file("lib.js"));
    expect(resolvePackageFile(p, "lib", forRequire, true)).toEqual(file("lib/index.js"));
    expect(resolvePackageEntry(p, "./lib/", forRequire, {})).toEqual(file("lib/index.js"));
  });

  it("the browser field swaps files, drops them, and follows main", ({ expect }) => {
    const p = view(
      {
        "": {
          main: "./main.js",
          browser: { "./main.js": "./web.js", "./lib/node.js": false, "./lib/a": "./lib/b.js" },
        },
      },
      "main.js",
      "web.js",
      "lib/node.js",
      "lib/a.js",
      "lib/b.js",
    );
    expect(resolvePackageEntry(p, ".", forImport, {})).toEqual(file("web.js"));
    expect(resolvePackageFile(p, "lib/node", forRequire)).toEqual({ kind: "empty" });
    expect(resolvePackageFile(p, "lib/a.js", forImport)).toEqual(file("lib/b.js"));
  });

  it("the browser field reaches below a package.json without one, and into what exports names", ({ expect }) => {
    const browser = { "./esm/node.js": "./esm/web.js", fs: false };
    const files = ["esm/node.js", "esm/web.js", "sub/node.js", "sub/web.js"];
    const p = view(
      {
        "": { exports: "./esm/node.js", browser },
        esm: { type: "module" },
        sub: { browser: { "./node.js": "./web.js" } },
      },
      ...files,
    );
    expect(resolvePackageFile(p, "esm/node.js", forImport)).toEqual(file("esm/web.js"));
    expect(resolveBrowserBare(p, "esm/web.js", "fs", forImport)).toEqual({ kind: "empty" });
    expect(resolveBrowserBare(p, "sub/web.js", "fs", forImport)).toBeUndefined();
    expect(resolvePackageFile(p, "sub/node", forRequire)).toEqual(file("sub/web.js"));
    expect(resolvePackageEntry(p, ".", forImport, {})).toEqual(file("esm/web.js"));
  });

  it("a package with nothing for browsers says so", ({ expect }) => {
    const typesOnly = view({ "": { types: "./index.d.ts" } }, "index.d.ts");
    const nodeOnly = view({ "": { exports: { node: "./n.js" } } }, "n.js");
    for (const p of [typesOnly, nodeOnly]) {
      expect(() => resolvePackageEntry(p, ".", forImport, {})).toThrow(
        expect.objectContaining({ code: "ERR_NO_BROWSER_ENTRY", message: '"p@1.0.0" has no entry for browsers' }),
      );
    }
  });

  it("an exported file that the archive lacks is an error that names it", ({ expect }) => {
    const p = view({ "": { exports: "./gone.js" } });
    expect(() => resolvePackageEntry(p, ".", forImport, {})).toThrow(
      expect.objectContaining({ code: "ERR_MODULE_NOT_FOUND", message: '"p@1.0.0" has no file "gone.js"' }),
    );
  });
});

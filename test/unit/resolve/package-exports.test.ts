import { describe, it } from "vitest";
import { resolveExports, resolveImports } from "../../../src/resolve/package-exports.ts";

const context = (...conditions: string[]) => ({ package: "p@1.0.0", conditions: new Set(conditions), details: {} });

describe("L27: exports, by Node's algorithm", () => {
  it.for([
    ["a string is the entry", "./main.js", ".", [], "./main.js"],
    [
      "conditions count in the package's order",
      { ".": { node: "./n.js", browser: "./b.js", default: "./d.js" } },
      ".",
      ["browser", "import"],
      "./b.js",
    ],
    ["nested conditions", { import: { browser: "./ib.js" }, default: "./d.js" }, ".", ["import"], "./d.js"],
    ["a subpath", { "./a": "./lib/a.js" }, "./a", [], "./lib/a.js"],
    ["a pattern", { "./f/*": "./lib/*.js" }, "./f/x/y", [], "./lib/x/y.js"],
    ["the longest pattern wins", { "./f/*": "./one/*", "./f/g/*": "./two/*" }, "./f/g/x", [], "./two/x"],
    ["a pattern with an ending", { "./*.js": "./lib/*.js", "./*": "./other/*" }, "./a.js", [], "./lib/a.js"],
    ["the first usable of a list", { ".": ["not-relative", "./ok.js"] }, ".", [], "./ok.js"],
    ["an encoded space", { ".": "./sp%20ce.js" }, ".", [], "./sp ce.js"],
  ] as const)("%s", ([, exports, subpath, conditions, expected], { expect }) => {
    expect(resolveExports(exports, subpath, context(...conditions))).toBe(expected);
  });

  it.for([
    ["an unlisted subpath", { ".": "./a.js" }, "./b", "ERR_PACKAGE_PATH_NOT_EXPORTED"],
    ["null", { "./*": "./*", "./secret/*": null }, "./secret/x", "ERR_PACKAGE_PATH_NOT_EXPORTED"],
    ["no condition met", { ".": { node: "./n.js" } }, ".", "ERR_PACKAGE_PATH_NOT_EXPORTED"],
    ["a target outside of the package", { ".": "../../etc/passwd" }, ".", "ERR_INVALID_PACKAGE_TARGET"],
    ["a target that climbs", { ".": "./lib/../../x.js" }, ".", "ERR_INVALID_PACKAGE_TARGET"],
    ["a target in node_modules", { ".": "./node_modules/x.js" }, ".", "ERR_INVALID_PACKAGE_TARGET"],
    ["a match that climbs", { "./*": "./lib/*" }, "./a/../../x", "ERR_INVALID_MODULE_SPECIFIER"],
    ["a match with an encoded slash", { "./*": "./lib/*" }, "./a%2f..%2fb", "ERR_INVALID_MODULE_SPECIFIER"],
    ["paths and conditions mixed", { "./a": "./a.js", import: "./b.js" }, "./a", "ERR_INVALID_PACKAGE_CONFIG"],
  ] as const)("%s is refused", ([, exports, subpath, code], { expect }) => {
    expect(() => resolveExports(exports, subpath, context("import"))).toThrow(expect.objectContaining({ code }));
  });
});

describe("imports", () => {
  it("a file, another package, a pattern", ({ expect }) => {
    const imports = { "#dep": { browser: "./shim.js", default: "real" }, "#f/*": "./src/*.js" };
    expect(resolveImports(imports, "#dep", context("browser"))).toEqual({ path: "./shim.js" });
    expect(resolveImports(imports, "#dep", context())).toEqual({ specifier: "real" });
    expect(resolveImports(imports, "#f/x", context())).toEqual({ path: "./src/x.js" });
    expect(() => resolveImports(imports, "#none", context())).toThrow(
      expect.objectContaining({ code: "ERR_PACKAGE_IMPORT_NOT_DEFINED" }),
    );
  });
});

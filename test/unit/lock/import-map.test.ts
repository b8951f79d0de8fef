import { describe, it } from "vitest";
import { importMapOf, type PackageFiles } from "../../../src/lock/export/import-map.ts";
import { EMPTY_LOCK, type Lock, type LockedPackage, type TextMap } from "../../../src/lock/lock.ts";

const SRI = `sha512-${"A".repeat(86)}==`;

function packageOf(name: string, version: string, entries: TextMap, dependencies: TextMap = {}): LockedPackage {
  const source = { kind: "registry", registry: "npm" } as const;
  return { name, version, source, entries, dependencies, optionalDependencies: {}, peerDependencies: {} };
}

const lock: Lock = {
  ...EMPTY_LOCK,
  importers: {
    ".": {
      dependencies: { react: { range: "^19", id: "react@19.0.0" }, ui: { range: "^1", id: "ui@1.0.0" } },
      devDependencies: {},
      optionalDependencies: { gone: { range: "1" } },
      peerDependencies: {},
    },
  },
  imports: { "d3@*": "d3@7.0.0", "@org/x@^1": "@org/x@1.0.0" },
  builtins: { buffer: { package: "buffer@6.0.0", subpath: "." } },
  packages: {
    "react@18.0.0": packageOf("react", "18.0.0", { ".": "./index.js" }),
    "react@19.0.0": packageOf("react", "19.0.0", { ".": "./index.js", "./jsx-runtime": "./jsx.js" }),
    "ui@1.0.0": packageOf(
      "ui",
      "1.0.0",
      { ".": "./ui.js", "./icons/*": "./dist/icons/*" },
      { old: "react@18.0.0", react: "react@19.0.0" },
    ),
    "d3@7.0.0": packageOf("d3", "7.0.0", { ".": "./src/index.js" }),
    "@org/x@1.0.0": packageOf("@org/x", "1.0.0", { ".": "./x.js" }),
    "buffer@6.0.0": packageOf("buffer", "6.0.0", { ".": "./index.js" }),
  },
  urls: { "https://cdn.example/x.js": { resolved: "https://cdn.example/x@1.js", integrity: SRI } },
};

const files: PackageFiles = {
  folder: (id) => `https://edge.example/~/${id}/`,
  integrity: (id) => (id === "react@19.0.0" ? [["./index.js", SRI]] : []),
};

describe("an import map", () => {
  it("maps what the root asks for, each package's own names where they differ, and hashes", ({ expect }) => {
    const at = (path: string) => `https://edge.example/~/${path}`;
    expect(importMapOf(lock, files)).toEqual({
      imports: {
        "@org/x@^1": at("@org/x@1.0.0/x.js"),
        buffer: at("buffer@6.0.0/index.js"),
        d3: at("d3@7.0.0/src/index.js"),
        "https://cdn.example/x.js": "https://cdn.example/x@1.js",
        "node:buffer": at("buffer@6.0.0/index.js"),
        react: at("react@19.0.0/index.js"),
        "react/jsx-runtime": at("react@19.0.0/jsx.js"),
        ui: at("ui@1.0.0/ui.js"),
        "ui/icons/": at("ui@1.0.0/dist/icons/"),
      },
      scopes: { [at("ui@1.0.0/")]: { old: at("react@18.0.0/index.js") } },
      integrity: { [at("react@19.0.0/index.js")]: SRI, "https://cdn.example/x@1.js": SRI },
    });
  });

  it("is the same text for the same lock, whatever order it has", ({ expect }) => {
    const reversed: Lock = { ...lock, packages: Object.fromEntries(Object.entries(lock.packages).toReversed()) };
    expect(JSON.stringify(importMapOf(reversed, files))).toBe(JSON.stringify(importMapOf(lock, files)));
  });

  it("is refused for a package whose entries are not known, or that a map cannot say", ({ expect }) => {
    const { entries: _, ...unknown } = packageOf("d3", "7.0.0", {});
    const withD3 = (d3: LockedPackage): Lock => ({ ...lock, packages: { ...lock.packages, "d3@7.0.0": d3 } });
    expect(() => importMapOf(withD3(unknown), files)).toThrow(
      expect.objectContaining({ code: "ERR_LOCKFILE_STALE", message: expect.stringContaining("d3@7.0.0") }),
    );
    expect(() => importMapOf(withD3(packageOf("d3", "7.0.0", { "./*": "./src/*.js" })), files)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_PACKAGE_TARGET", message: expect.stringContaining("./*") }),
    );
  });
});

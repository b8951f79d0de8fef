import { describe, it } from "vitest";
import { parseSpecifier } from "../../../src/specifier/parse-specifier.ts";

const details = { referrer: "/main.ts:1:1" };

describe("package specifiers", () => {
  it.for([
    ["logging", { name: "logging", range: "*", subpath: "." }],
    ["crypto-js@1.2.0", { name: "crypto-js", range: "1.2.0", subpath: "." }],
    ["zod@^4", { name: "zod", range: "^4", subpath: "." }],
    ["react-dom@19/client", { name: "react-dom", range: "19", subpath: "./client" }],
    ["@scope/name", { name: "@scope/name", range: "*", subpath: "." }],
    ["@scope/name@~1.2/a/b.js", { name: "@scope/name", range: "~1.2", subpath: "./a/b.js" }],
    ["react@canary", { name: "react", range: "canary", subpath: "." }],
    ["x@>=1 <3 || ^5", { name: "x", range: ">=1 <3 || ^5", subpath: "." }],
    ["legacy@npm:react@18/jsx-runtime", { name: "react", range: "18", subpath: "./jsx-runtime" }],
    ["npm:events@3", { name: "events", range: "3", subpath: "." }],
    ["sql.js/dist/sql-wasm.wasm", { name: "sql.js", range: "*", subpath: "./dist/sql-wasm.wasm" }],
  ] as const)("R10 R11 R12: %s", ([text, expected], { expect }) => {
    expect(parseSpecifier(text, details)).toEqual({ kind: "package", package: expected });
  });

  it.for([
    ["zod@", "ERR_INVALID_RANGE"],
    ["zod@/mini", "ERR_INVALID_RANGE"],
    ["zod@not a range!", "ERR_INVALID_RANGE"],
    ["Not a name", "ERR_INVALID_PACKAGE_NAME"],
    [".hidden", "ERR_INVALID_PACKAGE_NAME"],
    ["_private", "ERR_INVALID_PACKAGE_NAME"],
    ["@scope", "ERR_INVALID_PACKAGE_NAME"],
    ["@/name", "ERR_INVALID_PACKAGE_NAME"],
    ["node_modules", "ERR_INVALID_PACKAGE_NAME"],
    ["a".repeat(215), "ERR_INVALID_PACKAGE_NAME"],
    ["", "ERR_INVALID_MODULE_SPECIFIER"],
  ] as const)("%s is refused with %s, and the error names who asked", ([text, code], { expect }) => {
    const parse = (): unknown => parseSpecifier(text, details);
    expect(parse).toThrow(expect.objectContaining({ code, details: expect.objectContaining(details) }));
  });
});

describe("other kinds", () => {
  it.for([
    ["./a.ts", { kind: "relative", path: "./a.ts" }],
    ["../a", { kind: "relative", path: "../a" }],
    ["/a", { kind: "relative", path: "/a" }],
    ["..", { kind: "relative", path: ".." }],
    ["#internal/x", { kind: "imports", name: "#internal/x" }],
    ["node:fs/promises", { kind: "builtin", name: "fs/promises", explicit: true }],
    ["path", { kind: "builtin", name: "path", explicit: false }],
    ["https://cdn.test/x.js", { kind: "url", url: "https://cdn.test/x.js" }],
    ["data:text/javascript,1", { kind: "url", url: "data:text/javascript,1" }],
  ] as const)("R18 R15: %s", ([text, expected], { expect }) => {
    expect(parseSpecifier(text, details)).toEqual(expected);
  });

  it.for([
    ["native:crypto", { kind: "native", name: "crypto" }],
    ["file:///lib/a.js", { kind: "file", path: "/lib/a.js" }],
    ["file:./a.js", { kind: "file", path: "./a.js" }],
    [
      "workspace:@acme/ui/button",
      { kind: "workspace", package: { name: "@acme/ui", range: "*", subpath: "./button" } },
    ],
    ["ui@workspace:^", { kind: "dependency", name: "ui", spec: { kind: "workspace", range: "^" } }],
    ["react@catalog:", { kind: "dependency", name: "react", spec: { kind: "catalog", catalog: "default" } }],
    ["ui@file:../ui", { kind: "dependency", name: "ui", spec: { kind: "directory", path: "../ui" } }],
    [
      "ui@https://a.test/ui.tgz",
      { kind: "dependency", name: "ui", spec: { kind: "remote", url: "https://a.test/ui.tgz" } },
    ],
    ["https://a.test/ui-1.0.0.tgz", { kind: "url", url: "https://a.test/ui-1.0.0.tgz", isArchive: true }],
    ["https://a.test/lib@1.0.0", { kind: "url", url: "https://a.test/lib@1.0.0" }],
  ] as const)("R11 R15 P36 P62 P65: %s", ([text, expected], { expect }) => {
    expect(parseSpecifier(text, details)).toEqual(expected);
  });

  const repository = { kind: "git", forge: "github", repository: "user/repo" };
  it.for([
    ["https://github.com/user/repo/v1.0.0", { ...repository, ref: "v1.0.0" }],
    ["https://github.com/user/repo/tree/main", { ...repository, ref: "main" }],
    ["https://github.com/user/repo", repository],
    ["github:user/repo#semver:^1", { ...repository, range: "^1" }],
    ["git@github.com:user/repo.git#v1", { ...repository, ref: "v1" }],
    ["repo@github:user/repo#v1", { kind: "dependency", name: "repo", spec: { ...repository, ref: "v1" } }],
    ["git+https://git.test/a.git#abc", { kind: "git", repository: "https://git.test/a.git", ref: "abc" }],
  ] as const)("R14 P34 P35: %s", ([text, expected], { expect }) => {
    expect(parseSpecifier(text, details)).toEqual(expected);
  });

  it.for([
    "https://github.com/user/repo/raw/main/x.js",
    "https://gitlab.com/user/repo/raw/main/x.js",
    "https://gitlab.com/user/repo/-/raw/main/x.js",
    "https://raw.githubusercontent.com/user/repo/v1.0.0/mod.ts",
  ])("%s is a file of a repository, by its URL", (url, { expect }) => {
    expect(parseSpecifier(url, details)).toEqual({ kind: "url", url });
  });
});

describe("R16: the digest of what is at a URL", () => {
  const hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  const url = "https://a.test/x.js";
  const empty = { kind: "url", url, integrity: `sha256-${base64}` };

  it.for([
    [`${url}#sha256-${base64}`, empty],
    [`${url}#sha256-${hex}`, empty],
    [`${url}?sha256=${hex}`, empty],
    [`${url}?sha256=${base64.replaceAll("+", "-").replaceAll("/", "_")}`, empty],
    [`${url}?sha256=${hex}#sha256-${hex}`, empty],
    [`${url}?a=%2F&sha256=${hex}&b`, { ...empty, url: `${url}?a=%2F&b` }],
    [`${url}#other`, { kind: "url", url: `${url}#other` }],
    [
      `https://github.com/u/r/v1.0.0#sha256-${hex}`,
      { kind: "git", forge: "github", repository: "u/r", ref: "v1.0.0", integrity: empty.integrity },
    ],
  ] as const)("%s", ([text, expected], { expect }) => {
    expect(parseSpecifier(text, details)).toEqual(expected);
  });

  it.for([
    [`${url}#sha256-abc`, "abc"],
    [`${url}?sha256=${hex}0`, `${hex}0`],
    [`${url}#sha1-${hex}`, hex],
  ] as const)("%s is refused: the digest is none", ([text, digest], { expect }) => {
    const start = text.indexOf(digest);
    const error = {
      code: "ERR_INVALID_MODULE_SPECIFIER",
      details: { ...details, specifier: text, start, end: text.length },
    };
    expect(() => parseSpecifier(text, details)).toThrow(expect.objectContaining(error));
  });

  it("two that differ are refused", ({ expect }) => {
    const text = `${url}?sha256=${hex}#sha256-${hex.replaceAll("e", "f")}`;
    expect(() => parseSpecifier(text, details)).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_MODULE_SPECIFIER",
        message: expect.stringContaining("two digests"),
      }),
    );
  });
});

describe("errors name the part that is wrong", () => {
  it.for([
    ["zod@", "ERR_INVALID_RANGE", 3, 4],
    ["zod@not a range!/mini", "ERR_INVALID_RANGE", 3, 16],
    ["npm:zod@>>1", "ERR_INVALID_RANGE", 7, 11],
    ["npm:.hidden/x", "ERR_INVALID_PACKAGE_NAME", 4, 11],
    ["Not a name", "ERR_INVALID_PACKAGE_NAME", 0, 10],
    ["zod@npm:_x@1", "ERR_INVALID_PACKAGE_NAME", 8, 10],
    ["npm:", "ERR_INVALID_PACKAGE_NAME", 4, 4],
    ["native:", "ERR_INVALID_MODULE_SPECIFIER", 0, 7],
    ["https://[", "ERR_INVALID_MODULE_SPECIFIER", 0, 9],
    ["ftp://a.test/x.js", "ERR_UNSUPPORTED_ESM_URL_SCHEME", 0, 4],
    ["blob:https://a/b", "ERR_UNSUPPORTED_ESM_URL_SCHEME", 0, 5],
    ["javascript:alert(1)", "ERR_UNSUPPORTED_ESM_URL_SCHEME", 0, 11],
    ["a@ftp://b/c.tgz", "ERR_UNSUPPORTED_ESM_URL_SCHEME", 2, 6],
  ] as const)("%s: %s", ([text, code, start, end], { expect }) => {
    const error = { code, details: expect.objectContaining({ ...details, specifier: text, start, end }) };
    expect(() => parseSpecifier(text, details)).toThrow(expect.objectContaining(error));
  });
});

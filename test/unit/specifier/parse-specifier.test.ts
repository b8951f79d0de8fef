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

  it.for(["file:///etc/passwd", "blob:https://a/b", "javascript:alert(1)"])(
    "%s is a scheme that is not loaded",
    (text, { expect }) => {
      expect(() => parseSpecifier(text, details)).toThrow(
        expect.objectContaining({ code: "ERR_UNSUPPORTED_ESM_URL_SCHEME" }),
      );
    },
  );
});

import { describe, it } from "vitest";
import { printLanguageLock } from "../../../src/lock/export/print-language-lock.ts";
import { EMPTY_LOCK, type Lock, type LockedPackage } from "../../../src/lock/lock.ts";

const NONE = { devDependencies: {}, optionalDependencies: {}, peerDependencies: {} };

function packageOf(name: string, facts: Partial<LockedPackage>): LockedPackage {
  const source = { kind: "registry", registry: "npm" } as const;
  return { name, version: "0.1.0", source, dependencies: {}, ...NONE, ...facts };
}

describe("the lock of a language", () => {
  it("L8 L32 L33 L34 L35: has version, folder, integrity and entries under the language's field", ({ expect }) => {
    const lock: Lock = {
      ...EMPTY_LOCK,
      importers: {
        ".": {
          ...NONE,
          dependencies: {
            "@lumina/json": { range: "^0.1.0", id: "@lumina/json@0.1.0" },
            lodash: { range: "4", id: "lodash@0.1.0" },
            own: { range: "workspace:*", id: "own@0.1.0" },
          },
        },
        "packages/own": { ...NONE, name: "own", dependencies: {} },
      },
      packages: {
        "@lumina/json@0.1.0": packageOf("@lumina/json", {
          integrity: "sha512-xx",
          entries: { ".": "./src/index.lm", "./parser": "./src/parser.lm" },
        }),
        "lodash@0.1.0": packageOf("lodash", { integrity: "sha512-yy" }),
        "own@0.1.0": packageOf("own", {
          source: { kind: "workspace", path: "packages/own" },
          entries: { ".": "./own.lm" },
        }),
      },
    };
    expect(printLanguageLock(lock, "lumina")).toBe(`{
  "lockfileVersion": 1,
  "packages": {
    "@lumina/json": {
      "version": "0.1.0",
      "resolved": "node_modules/@lumina/json",
      "integrity": "sha512-xx",
      "lumina": {
        ".": "./src/index.lm",
        "./parser": "./src/parser.lm"
      }
    },
    "own": {
      "version": "0.1.0",
      "resolved": "packages/own",
      "lumina": {
        ".": "./own.lm"
      }
    }
  }
}
`);
  });
});

import { emptyRecord, PURITY, RELOCATION } from "../../../src/artifact/module-record.ts";
import type { RbinHeader } from "../../../src/artifact/rbin-format.ts";
import type { CompiledPackage } from "../../../src/compile/compiled-package.ts";

/** The example of `docs/rbin.md`, which shows the source. */
export const EXAMPLE_HEADER: RbinHeader = {
  package: "p@1.0.0",
  compiler: "c",
  integrity: "sha512-x",
  archiveSha256: "0".repeat(64),
  archiveSize: 9,
};

export const EXAMPLE_PACKAGE: CompiledPackage = {
  manifests: { "": { name: "p" } },
  files: [
    {
      path: "a.js",
      state: "module",
      record: {
        ...emptyRecord("a.js", "esm"),
        code: "const a = b;\n",
        lines: [3],
        requests: [{ specifier: "./b.txt", kind: "import", type: "text", line: 2, column: 19, within: "b.txt" }],
        symbols: [
          { name: "b", kind: "import", flags: 0, request: 0, imported: "b" },
          { name: "a", kind: "const", flags: 0 },
        ],
        exports: [{ name: "a", symbol: 1 }],
        parts: [13, PURITY.unlessCyclic, 0, 1, 2],
        declares: [1],
        relocations: [6, 1, RELOCATION.reference, 1, 0, 10, 1, RELOCATION.reference, 0, 0],
      },
    },
    { path: "b.txt", state: "asset", bytes: new TextEncoder().encode("hi") },
  ],
};

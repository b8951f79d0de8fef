import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { printPlainGraph } from "../../../scripts/raya/print-plain-graph.ts";
import { readProjectFiles } from "../../../scripts/raya/read-project-files.ts";
import { errorOf } from "./virtual-project.ts";

describe("raya lock", () => {
  it("reads a folder's manifests, and a JSON file of files", async ({ expect, onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), "raya-lock-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const path of ["packages/ui", "node_modules/a"]) mkdirSync(join(folder, path), { recursive: true });
    for (const path of ["package.json", "packages/ui/package.json", "node_modules/a/package.json", "index.js"])
      writeFileSync(join(folder, path), "{}");
    expect(readProjectFiles(folder)).toEqual({ "package.json": "{}", "packages/ui/package.json": "{}" });
    const file = join(folder, "case.json");
    writeFileSync(file, '{ "id": "x", "files": { "package.json": { "name": "a" }, ".npmrc": "x=1" } }');
    expect(readProjectFiles(file)).toEqual({ "package.json": '{\n  "name": "a"\n}', ".npmrc": "x=1" });
    const error = await errorOf((async () => readProjectFiles(join(folder, "nowhere")))());
    expect(error.code).toBe("ERR_INVALID_PACKAGE_CONFIG");
  });

  it("prints a graph by plain name and version", ({ expect }) => {
    const nodes = {
      "a@1.0.0(b@1.0.0)": { name: "a", version: "1.0.0", peerDependencies: { b: "b@1.0.0" } },
      "b@1.0.0": { name: "b", version: "1.0.0" },
    };
    const importers = {
      "": {
        dependencies: { old: { id: "a@1.0.0(b@1.0.0)", range: "npm:a@1" } },
        workspaces: { ui: { id: "file:ui", range: "" } },
      },
      ui: { name: "ui", version: "0.1.0" },
    };
    expect(JSON.parse(printPlainGraph({ importers, nodes }))).toEqual({
      graph: {
        "": { deps: { old: "a@1.0.0", ui: "ui@0.1.0" } },
        "a@1.0.0": { deps: { b: "b@1.0.0" } },
        "b@1.0.0": { deps: {} },
      },
    });
  });
});

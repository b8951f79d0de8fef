import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { printImportMap } from "../../../scripts/raya/print-import-map.ts";
import { printPlainGraph } from "../../../scripts/raya/print-plain-graph.ts";
import { readProjectFiles } from "../../../scripts/raya/read-project-files.ts";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";
import type { ImportMap } from "../../../src/lock/export/import-map.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { createFakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";
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

  it("prints an import map with the integrity of entries, and of what they import", async ({ expect }) => {
    const files = {
      "index.js": 'import "./lib/x.js"; import("./lib/y.mjs"); import "other";',
      "lib/x.js": 'export * from "../z.js";',
      "lib/y.mjs": "",
      "z.js": "export {};",
      "never.js": "",
    };
    const manifest = { name: "a", version: "1.0.0", type: "module", exports: "./index.js" };
    const registry = await createFakeRegistry([{ manifest, files }]);
    const manifests = { "package.json": '{ "dependencies": { "a": "^1" } }' };
    const project = { entry: "/main.js", files: { "/main.js": "", "/package.json": manifests["package.json"] } };
    const { lockfile } = await registry.loader().load(project);
    const context = { host: registry.host, limits: DEFAULT_LIMITS, emit: () => undefined };
    const map = JSON.parse(await printImportMap(readLock(lockfile), manifests, context, REGISTRY, {})) as ImportMap;
    expect(map.imports).toEqual({ a: "./node_modules/a/index.js" });
    const at = (file: string): string => `./node_modules/a/${file}`;
    expect(Object.keys(map.integrity)).toEqual(["index.js", "lib/x.js", "lib/y.mjs", "z.js"].map(at));
    const empty = createHash("sha384").update("").digest("base64");
    expect(map.integrity[at("lib/y.mjs")]).toBe(`sha384-${empty}`);
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

import { describe, it } from "vitest";
import type { PackageMetadata } from "../../../src/solve/reduce-metadata.ts";
import { listCommands } from "../../../src/project/list-commands.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { createProject } from "./virtual-project.ts";

const world = {
  "tool@1.0.0": { bin: { tool: "./bin/tool.js", shared: "shared.js" }, dependencies: { inner: "1" } },
  "inner@1.0.0": { bin: { inner: "inner.js" } },
  "@acme/other@2.0.0": { bin: { other: "other.js", shared: "mine.js" } },
  "sly@1.0.0": { bin: { "../../up": "../../../etc/passwd", "": "x.js" } },
} satisfies Record<string, Partial<PackageMetadata["versions"][string]>>;

describe("commands", () => {
  it("P56: are those of what is asked for, of the first where two have one name", async ({ expect }) => {
    const { verbs } = createProject(world, {
      "package.json": { workspaces: ["app"], devDependencies: { "@acme/other": "2" }, dependencies: { tool: "1" } },
      "app/package.json": { name: "app", dependencies: { inner: "1" } },
    });
    const { lock } = await verbs.install();
    const read = readLock(printLock(lock));
    expect(listCommands(read)).toEqual({
      other: { id: "@acme/other@2.0.0", file: "./other.js" },
      shared: { id: "tool@1.0.0", file: "./shared.js" },
      tool: { id: "tool@1.0.0", file: "./bin/tool.js" },
    });
    expect(listCommands(read, "app")).toEqual({ inner: { id: "inner@1.0.0", file: "./inner.js" } });
    expect(() => listCommands(read, "nowhere")).toThrow(/no importer "nowhere"/);
  });

  it("P56: have names that are no paths, and files inside of their package", async ({ expect }) => {
    const { verbs } = createProject(world, { "package.json": { dependencies: { sly: "1" } } });
    const { lock } = await verbs.install();
    expect(listCommands(lock)).toEqual({ up: { id: "sly@1.0.0", file: "./etc/passwd" } });
  });

  it("P10: of a global set are there for whoever opens it", async ({ expect }) => {
    const set = createProject(world, { "package.json": {} });
    await set.verbs.add(["tool"]);
    const { lock } = await set.verbs.add(["@acme/other"]);
    expect(Object.keys(listCommands(lock))).toEqual(["other", "shared", "tool"]);
    expect(Object.keys(listCommands((await set.verbs.remove(["tool"])).lock))).toEqual(["other", "shared"]);
  });
});

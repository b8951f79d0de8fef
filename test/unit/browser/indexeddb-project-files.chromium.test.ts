import { describe, it } from "vitest";
import { readLock } from "../../../src/lock/read-lock.ts";
import { createIndexedDbProjectFiles } from "../../../src/platform/browser/indexeddb-project-files.ts";

const names = (letter: string): string[] => Array.from({ length: 6 }, (_, index) => `${letter}${index}`);

/** As another tab would: a thread and a connection of its own. */
async function addElsewhere(project: string, packages: readonly string[]): Promise<unknown> {
  const worker = new Worker(new URL("add-package-worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }) => resolve(data));
      worker.addEventListener("error", reject);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only a window's has one
      worker.postMessage({ project, names: packages });
    });
  } finally {
    worker.terminate();
  }
}

describe("a project in IndexedDB", () => {
  it("keeps files by project and path, with a version that every write changes", async ({ expect }) => {
    const files = createIndexedDbProjectFiles(crypto.randomUUID());
    const other = createIndexedDbProjectFiles(crypto.randomUUID());
    expect([await files.list(), await files.read("package.json")]).toEqual([[], undefined]);
    expect(await files.commit(new Map([["package.json", undefined]]), new Map([["package.json", "{}"]]))).toBe(true);
    const first = await files.read("package.json");
    expect(first?.text).toBe("{}");
    await files.commit(new Map(), new Map([["package.json", "{}"]]));
    expect((await files.read("package.json"))?.version).not.toBe(first?.version);
    expect([await files.list(), await other.list()]).toEqual([["package.json"], []]);
  });

  it("writes all or nothing, and nothing where another was faster", async ({ expect }) => {
    const files = createIndexedDbProjectFiles(crypto.randomUUID());
    await files.commit(new Map(), new Map([["a", "1"]]));
    const stale = new Map([["a", "long ago"]]);
    expect(await files.commit(stale, new Map([["a", "2"]]))).toBe(false);
    expect(await files.commit(new Map([["b", "1"]]), new Map([["a", "2"]]))).toBe(false);
    expect([await files.list(), (await files.read("a"))?.text]).toEqual([["a"], "1"]);
  });

  it("loses nothing when two tabs add packages at once", async ({ expect }) => {
    const project = crypto.randomUUID();
    const files = createIndexedDbProjectFiles(project);
    await files.commit(new Map(), new Map([["package.json", '{ "name": "app" }\n']]));
    const outcomes = await Promise.all([addElsewhere(project, names("a")), addElsewhere(project, names("b"))]);
    expect(outcomes).toEqual(["done", "done"]);
    const all = [...names("a"), ...names("b")];
    const manifest = JSON.parse((await files.read("package.json"))?.text ?? "") as { dependencies: object };
    expect(Object.keys(manifest.dependencies)).toEqual(all);
    const lock = readLock((await files.read("raya.lock"))?.text ?? "");
    expect(Object.values(lock.packages).map(({ name }) => name)).toEqual(all);
  });
});

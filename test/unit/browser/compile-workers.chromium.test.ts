import { describe, it } from "vitest";
import { compileArchive } from "../../../src/artifact/compile-archive.ts";
import { createLimits } from "../../../src/limits.ts";
import { createCompileWorkers } from "../../../src/platform/browser/compile-workers.ts";
import { createBrowserHost } from "../../../src/platform/browser/host.ts";
import { packArchive } from "../../fixtures/fake-registry.ts";

const limits = createLimits();

describe("compiling in workers", () => {
  it("R112: gives the same bytes and the same errors", async ({ expect, onTestFinished }) => {
    const workers: Worker[] = [];
    onTestFinished(() => workers.forEach((worker) => worker.terminate()));
    const open = (): Worker => {
      const worker = new Worker(new URL("compile-thread-worker.ts", import.meta.url), { type: "module" });
      workers.push(worker);
      return worker;
    };
    const { compile = compileArchive } = createBrowserHost({ compile: createCompileWorkers(2, open) });
    const names = ["a", "b", "c", "d"];
    const archives = await Promise.all(
      names.map((name) =>
        packArchive({ manifest: { name, version: "1.0.0" }, files: { "index.js": `exports.name = "${name}";` } }),
      ),
    );
    const compiled = await Promise.all(
      archives.map((archive, index) => compile(archive, `${names[index]}@1.0.0`, limits)),
    );
    for (const [index, archive] of archives.entries())
      expect(compiled[index]).toEqual(await compileArchive(archive, `${names[index]}@1.0.0`, limits));
    expect(workers).toHaveLength(2);
    const invalid = compile(new Uint8Array(3), "a@1.0.0", limits);
    await expect(invalid).rejects.toMatchObject({ code: "ERR_ARCHIVE_INVALID" });
  });

  it("R112: says so where a worker cannot be loaded", async ({ expect }) => {
    const compile = createCompileWorkers(1, () => new Worker("data:text/javascript,throw new Error('no')"));
    const archive = await packArchive({ manifest: { name: "a", version: "1.0.0" } });
    await expect(compile(archive, "a@1.0.0", limits)).rejects.toMatchObject({ code: "ERR_COMPILER_UNAVAILABLE" });
  });
});

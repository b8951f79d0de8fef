import { describe, it } from "vitest";
import { compileArchive } from "../../../src/artifact/compile-archive.ts";
import {
  answerCompile,
  type CompileAnswer,
  createCompileJobs,
  type CompileThread,
} from "../../../src/artifact/compile-jobs.ts";
import { LoaderError } from "../../../src/errors.ts";
import { createLimits } from "../../../src/limits.ts";
import { readBuildSettings } from "../../../src/load/build-settings.ts";
import { createFakeRegistry, packArchive } from "../../fixtures/fake-registry.ts";

const limits = createLimits();
const bytes = new Uint8Array(1);

/** Threads whose answers the test gives. */
function createThreads() {
  const asked: { thread: number; key: string; answer(answer: CompileAnswer): void; fail(error: Error): void }[] = [];
  let threads = 0;
  const open = (): CompileThread => {
    const thread = threads++;
    return {
      ask: ({ key }) => new Promise((answer, fail) => void asked.push({ thread, key, answer, fail })),
    };
  };
  return { asked, open };
}

const settled = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve));

describe("compile jobs", () => {
  it("R112: as many at a time as there are jobs; who waits takes the first thread that is free", async ({ expect }) => {
    const { asked, open } = createThreads();
    const compile = createCompileJobs(2, open);
    const compiling = ["a", "b", "c"].map((key) => compile(bytes, key, limits));
    await settled();
    expect(asked.map(({ thread, key }) => [thread, key])).toEqual([
      [0, "a"],
      [1, "b"],
    ]);
    asked[1]?.answer({ artifact: bytes });
    await compiling[1];
    await settled();
    expect(asked.slice(2).map(({ thread, key }) => [thread, key])).toEqual([[1, "c"]]);
    for (const one of asked) one.answer({ artifact: bytes });
    await Promise.all(compiling);
    void compile(bytes, "d", limits);
    await settled();
    expect(asked.at(-1)?.thread).toBeLessThan(2);
  });

  it("R112: an error of one is its own, and the thread goes on", async ({ expect }) => {
    const { asked, open } = createThreads();
    const compile = createCompileJobs(1, open);
    const [first, second] = [compile(bytes, "a", limits), compile(bytes, "b", limits)];
    await settled();
    asked[0]?.answer({ error: new LoaderError("ERR_ARCHIVE_INVALID", "no archive", { package: "a" }).toJSON() });
    await expect(first).rejects.toMatchObject({ code: "ERR_ARCHIVE_INVALID", details: { package: "a" } });
    await settled();
    asked[1]?.answer({ artifact: bytes });
    expect(await second).toEqual(bytes);
    expect(asked.map(({ thread }) => thread)).toEqual([0, 0]);
  });

  it("R112: a thread that ends takes its own package with it, and another does the rest", async ({ expect }) => {
    const { asked, open } = createThreads();
    const compile = createCompileJobs(1, open);
    const [first, second] = [compile(bytes, "a", limits), compile(bytes, "b", limits)];
    await settled();
    asked[0]?.fail(new Error("out of memory"));
    await expect(first).rejects.toMatchObject({ code: "ERR_COMPILER_UNAVAILABLE" });
    await expect(first).rejects.toThrow('"a" cannot be compiled: out of memory');
    await settled();
    asked[1]?.answer({ artifact: bytes });
    expect(await second).toEqual(bytes);
    expect(asked.map(({ thread }) => thread)).toEqual([0, 1]);
  });

  it("R112: a program is the same, whoever compiles its packages", async ({ expect }) => {
    const names = ["a", "b", "c", "d"];
    const packages = names.map((name) => ({
      manifest: { name, version: "1.0.0", type: "module", main: "index.js" },
      files: { "index.js": `export const ${name} = "${name}";` },
    }));
    const text = names.map((name) => `import { ${name} } from "${name}"; globalThis.${name} = ${name};`).join("");
    const project = { entry: "/main.js", files: { "/main.js": text } };
    const here = await createFakeRegistry(packages);
    const there = await createFakeRegistry(packages);
    let compiled = 0;
    const thread: CompileThread = {
      ask: (request) => {
        compiled++;
        return answerCompile(structuredClone(request));
      },
    };
    Object.assign(there.host, { compile: createCompileJobs(2, () => thread) });
    const [one, other] = [await here.loader().load(project), await there.loader().load(project)];
    expect(other.image).toEqual(one.image);
    expect(other.lockfile).toBe(one.lockfile);
    expect(compiled).toBe(4);
  });

  it("R112: answers with the artifact, or with the error that compiling here has", async ({ expect }) => {
    const archive = await packArchive({
      manifest: { name: "a", version: "1.0.0" },
      files: { "index.js": "exports.a = 1;" },
    });
    expect(await answerCompile({ archive, key: "a@1.0.0", limits })).toEqual({
      artifact: await compileArchive(archive, "a@1.0.0", limits),
    });
    expect(await answerCompile({ archive: bytes, key: "a@1.0.0", limits })).toMatchObject({
      error: { code: "ERR_ARCHIVE_INVALID" },
    });
  });
});

describe("[build] of config.toml", () => {
  it("R112: says how many packages are compiled at a time", ({ expect }) => {
    expect(readBuildSettings("[build]\nparallel = true\njobs = 8\n")).toEqual({ parallel: true, jobs: 8 });
    expect(readBuildSettings("[build]\n")).toEqual({ parallel: true });
    expect(readBuildSettings("[build]\nparallel = false\n")).toEqual({ parallel: false });
    expect(readBuildSettings("[cache]\n")).toBeUndefined();
    for (const text of ["jobs = 0", "jobs = 1.5", 'jobs = "8"', "parallel = 1"])
      expect(() => readBuildSettings(`[build]\n${text}`)).toThrow(/"build\.\w+" in config.toml cannot be used/);
    expect(() => readBuildSettings("build = 8")).toThrow(/not a table/);
  });
});

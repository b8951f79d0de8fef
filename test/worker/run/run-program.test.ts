import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import { ISOLATE_OPTIONS } from "../../../src/platform/workerd/isolate-settings.ts";
import { runProgram } from "../../../src/platform/workerd/run-program.ts";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";
import { answering, ask, run } from "./running.ts";

const caught = async (work: Promise<unknown>): Promise<LoaderError> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof LoaderError) return error;
  throw new Error(`Not a LoaderError: ${String(error)}`);
};

describe("a program in an isolate", () => {
  it("answers with its default export, which gets its bindings and no others", async ({ expect }) => {
    const program = await run(
      { "/main.ts": answering("{ path: new URL(request.url).pathname as string, env, wait: typeof ctx.waitUntil }") },
      { bindings: { GREETING: "hello", nested: { list: [1, 2] } } },
    );
    expect(JSON.parse(await ask(program, "/a/b"))).toEqual({
      path: "/a/b",
      env: { GREETING: "hello", nested: { list: [1, 2] } },
      wait: "function",
    });
  });

  it("keeps its state as long as it lives, and shares it with what is the same", async ({ expect }) => {
    const files = { "/main.js": answering("++count", "let count = 0; const name = 'state';") };
    const first = await run(files);
    const second = await run(files);
    expect(second.id).toBe(first.id);
    expect([await ask(first), await ask(first), await ask(second)]).toEqual(["1", "2", "3"]);
  });

  it("has another id where anything differs that decides what it does", async ({ expect }) => {
    const files = { "/main.js": answering("1") };
    const gate = () => env.ECHO;
    const ids = [
      await run(files),
      await run({ "/main.js": answering("2") }),
      await run(files, { bindings: { A: 1 } }),
      await run(files, { bindings: { A: "1" } }),
      await run(files, { limits: { cpuMs: 10 } }),
      await run(files, { scope: "tenant" }),
      await run(files, { compatibilityDate: "2026-09-01" }),
      await run(files, { network: { origins: ["https://a.test"], gate } }),
      await run(files, { network: { origins: [], gate } }),
      await run(files, { load: { mode: "development" } }),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[\da-f]{64}$/.test(id))).toBe(true);
  });

  it("runs CommonJS, sloppy and strict, with the names of Node's modules and of CommonJS as they are in each", async ({
    expect,
  }) => {
    const packages = [
      {
        manifest: { name: "sloppy", version: "1.0.0" },
        files: {
          "index.js":
            "function self() { return this === undefined; }\nundeclared = 1; exports.strict = self(); exports.made = typeof undeclared;" +
            "exports.names = [typeof require, typeof module, typeof __filename]; exports.util = require('util').format('%s!', Array.isArray([]));",
        },
      },
      {
        manifest: { name: "strict", version: "1.0.0" },
        files: { "index.js": "'use strict'; function self() { return this === undefined; } exports.strict = self();" },
      },
    ];
    const main = answering(
      "{ sloppy, strict: strict.strict, here: [typeof require, typeof module, typeof exports], path: join('a', '..', 'b') }",
      'import sloppy from "sloppy"; import strict from "strict"; import { join } from "node:path";',
    );
    expect(JSON.parse(await ask(await run({ "/main.js": main }, { packages })))).toEqual({
      sloppy: { strict: false, made: "number", names: ["function", "object", "string"], util: "true!" },
      strict: true,
      here: ["undefined", "undefined", "undefined"],
      path: "b",
    });
  });

  it("takes what packages have for workers", async ({ expect }) => {
    const packages = ["import", "require"].map((kind) => ({
      manifest: {
        name: kind === "import" ? kind : "both",
        version: "1.0.0",
        exports: { workerd: "./workerd.js", browser: "./other.js", default: "./other.js" },
      },
      files: { "workerd.js": "exports.a = 'workerd';", "other.js": "exports.a = 'other';" },
    }));
    const main = answering("[a, b]", 'import { a } from "import"; import { a as b } from "both";');
    expect(await ask(await run({ "/main.js": main }, { packages }))).toBe('["workerd","workerd"]');
  });

  it("imports later, by literals, what was linked ahead: once, sharing what is there", async ({ expect }) => {
    const files = {
      "/main.js": answering(
        "[(await import('./later.js')).made, (await import('./later.js')).made, (await import('cjs')).default.a, shared.count, await lost()]",
        'import { shared } from "./shared.js"; const name = ["./unknown", "js"].join("."); const lost = () => import(name).catch((error) => [error.name, error.code]);',
      ),
      "/shared.js": "export const shared = { count: 0 };",
      "/later.js":
        'import { shared } from "./shared.js"; shared.count++; export const made = (await import("./last.js")).default;',
      "/last.js": "export default 'last';",
    };
    const packages = [
      { manifest: { name: "cjs", version: "1.0.0" }, files: { "index.js": "exports.a = typeof this;" } },
    ];
    expect(JSON.parse(await ask(await run(files, { packages })))).toEqual([
      "last",
      "last",
      "object",
      1,
      ["LoaderError", "ERR_MODULE_NOT_FOUND"],
    ]);
  });

  it("starts from what an earlier load has linked, imports and all", async ({ expect }) => {
    const registry = await createFakeRegistry([
      {
        manifest: { name: "pack", version: "1.0.0", type: "module" },
        files: { "index.js": "export const a = 'kept';" },
      },
    ]);
    const loader = registry.loader(ISOLATE_OPTIONS);
    const project = { files: { "/main.js": answering("(await import('pack')).a") }, entry: "/main.js" };
    const { lockfile } = await loader.load(project);
    registry.events.length = 0;
    const program = await loader.load(project, { lockfile });
    const running = await runProgram({ loader: env.LOADER, program });
    expect(await ask(running)).toBe('"kept"');
    expect(registry.events.filter(({ stage }) => stage === "link").map(({ kind }) => kind)).toEqual(["hit"]);
  });

  it("exports classes that others call", async ({ expect }) => {
    const files = {
      "/main.js": `${answering("1")} import { WorkerEntrypoint } from "cloudflare:workers"; export class Sum extends WorkerEntrypoint { async fetch(request) { return new Response(this.env.A + (await request.text())); } }`,
    };
    const program = await run(files, { bindings: { A: "sum " }, entrypoints: ["Sum"] });
    const stub = program.entrypoint("Sum");
    expect(await (await stub.fetch("https://program.test/", { method: "POST", body: "it" })).text()).toBe("sum it");
    expect(await (await program.entrypoint().fetch("https://program.test/")).text()).toBe("1");
  });
});

describe("what a program is refused", () => {
  it("the network, where it was not granted", async ({ expect }) => {
    const files = {
      "/main.js": answering("await fetch('https://example.test/').then(() => 'reached', (error) => error.message)"),
    };
    expect(await ask(await run(files))).toMatch(/not permitted to access the internet/);
  });

  it("bindings that are more than data, where nobody says whose they are", async ({ expect }) => {
    const files = { "/main.js": answering("await (await env.ECHO.fetch('https://x.test/a')).json()") };
    const bindings = { ECHO: env.ECHO };
    expect(await caught(run(files, { bindings }))).toMatchObject({ code: "ERR_ISOLATE_CONFIGURATION" });
    expect(await ask(await run(files, { bindings, scope: "tenant" }))).toBe('"GET https://x.test/a"');
  });

  it("names of entrypoints that are none", async ({ expect }) => {
    const error = await caught(run({ "/main.js": answering("1") }, { entrypoints: ["a; evil()"] }));
    expect(error.code).toBe("ERR_ISOLATE_CONFIGURATION");
  });

  it("to run, if it was linked for a page", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    const program = await registry.loader().load({ files: { "/main.js": "" }, entry: "/main.js" });
    expect(await caught(runProgram({ loader: env.LOADER, program }))).toMatchObject({
      code: "ERR_ISOLATE_CONFIGURATION",
    });
  });
});

describe("what goes wrong in a program", () => {
  const packages = [
    {
      manifest: { name: "pack", version: "1.0.0" },
      files: { "index.js": "// a comment\n\nexports.call = function call(run) {\n  return run();\n};" },
    },
  ];

  it("in a request: the error has the places of the files that somebody wrote", async ({ expect }) => {
    const files = {
      "/main.ts":
        'import { call } from "pack";\nimport { fail } from "./fail.ts";\nexport default { fetch(): Response {\n  return call(fail);\n} };',
      "/fail.ts":
        "interface A { a: string }\nexport function fail(): never {\n  throw new RangeError('too far', { cause: new Error('the cause') });\n}",
    };
    const error = await caught(ask(await run(files, { packages })));
    expect(error).toMatchObject({ code: "ERR_EVALUATION_FAILED", message: "The program threw: too far" });
    expect(error.details).toMatchObject({ file: "https://app.test/~/project/fail.ts", line: 3, column: 9 });
    const { stack, name, cause } = error.cause as Error;
    expect(name).toBe("RangeError");
    expect(cause).toMatchObject({ message: "the cause" });
    expect(stack?.split("\n").map((line) => line.replace(/:\d+\)?$/, "").replace(/.*\(/, ""))).toEqual([
      "RangeError: too far",
      "https://app.test/~/project/fail.ts:3",
      "https://app.test/~/pack@1.0.0/index.js:4",
      "https://app.test/~/project/main.ts:4",
    ]);
  });

  it("when it starts: the same, at every request", async ({ expect }) => {
    const files = { "/main.js": "export default {};\n\nthrow new Error('at once');" };
    const program = await run(files);
    for (const error of [await caught(ask(program)), await caught(ask(program))]) {
      expect(error).toMatchObject({ code: "ERR_EVALUATION_FAILED", message: "The program threw: at once" });
      expect(error.details).toMatchObject({ file: "https://app.test/~/project/main.js", line: 3 });
    }
  });

  it("there is nothing that answers", async ({ expect }) => {
    expect(await caught(ask(await run({ "/main.js": "export const a = 1;" })))).toMatchObject({
      code: "ERR_NO_FETCH_HANDLER",
    });
  });

  it("a name that CommonJS turns out not to have: the loader's own error", async ({ expect }) => {
    const files = { "/main.js": answering("nothing", 'import { nothing } from "pack";') };
    expect(await caught(ask(await run(files, { packages })))).toMatchObject({ code: "ERR_EXPORT_NOT_FOUND" });
  });

  it("what cannot be an image is said before it runs", async ({ expect }) => {
    const files = { "/main.js": answering("eval('1')") };
    expect(await caught(run(files))).toMatchObject({ code: "ERR_EVALUATE_UNAVAILABLE" });
  });
});

import { describe, it } from "vitest";
import { createNodeHost } from "../../../src/platform/node/host.ts";
import { evaluateInNode } from "../../../src/platform/node/evaluate.ts";
import type { LoaderOptions } from "../../../src/loader.ts";
import { FAKE_POLYFILLS } from "../../fixtures/fake-polyfills.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

/** Runs a program in a realm without modules of Node, and gives its default export. */
async function runProgram(
  main: string,
  packages: FakePackage[] = [],
  options: Partial<LoaderOptions> = {},
): Promise<unknown> {
  const registry = await createFakeRegistry([...packages, ...FAKE_POLYFILLS]);
  const program = await registry.loader(options).load({ entry: "/main.ts", files: { "/main.ts": main } });
  const { namespace } = await evaluateInNode(program.image, program);
  return (namespace as { default: unknown }).default;
}

const pack = (name: string, code: string, manifest: Record<string, unknown> = {}): FakePackage => ({
  manifest: { name, version: "1.0.0", ...manifest },
  files: { [manifest["type"] === "module" ? "index.mjs" : "index.js"]: code },
});
const esm = { type: "module", exports: "./index.mjs" };

describe.for(["image", "modules"] as const)("linked as %s", (linking) => {
  const run = (main: string, packages?: FakePackage[]): Promise<unknown> => runProgram(main, packages, { linking });

  describe("a module of Node that browsers do not have", () => {
    it("can be imported in every form; calling it is an error that names member, package and chain", async ({
      expect,
    }) => {
      const errors = await run(`import { errors } from "outer"; export default errors;`, [
        pack("outer", `export { errors } from "inner";`, { ...esm, dependencies: { inner: "*" } }),
        pack(
          "inner",
          `import fs, { readFileSync } from "fs"; import * as all from "node:fs"; import { readFile } from "fs/promises";
          import { spawn } from "child_process";
          const attempt = async (run) => { try { await run(); } catch (error) { return [error.name, error.code, error.message, error.details.member, error.details.package]; } };
          export const errors = await Promise.all([() => readFileSync("x"), () => fs.readFileSync("x"), () => all.promises.stat("x"), () => readFile("x"), () => new spawn("x")].map(attempt));`,
          esm,
        ),
      ]);
      const error = (name: string, member: string) => [
        "LoaderError",
        "ERR_BUILTIN_UNAVAILABLE",
        `"${name}.${member}" is not available outside of Node: "inner@1.0.0" imports "${name}" (/main.ts → outer@1.0.0 → inner@1.0.0)`,
        member,
        "inner@1.0.0",
      ];
      expect(errors).toEqual([
        error("fs", "readFileSync"),
        error("fs", "readFileSync"),
        error("fs/promises", "stat"),
        error("fs/promises", "readFile"),
        error("child_process", "spawn"),
      ]);
    });

    it("each package that imports it is named by its own errors", async ({ expect }) => {
      const code = `try { require("fs").statSync("x"); } catch (error) { module.exports = error.details.package; }`;
      const main = 'import a from "a"; import b from "b"; export default [a, b];';
      expect(await run(main, [pack("a", code), pack("b", code)])).toEqual(["a@1.0.0", "b@1.0.0"]);
    });

    it("functions that give promises in Node reject, the others throw", async ({ expect }) => {
      const main = `import { promises, stat } from "fs";
      let thrown; try { stat("x", () => {}); } catch (error) { thrown = error.code; }
      export default [thrown, await promises.stat("x").catch((error) => error.code)];`;
      expect(await run(main)).toEqual(["ERR_BUILTIN_UNAVAILABLE", "ERR_BUILTIN_UNAVAILABLE"]);
    });

    it("code that only looks, wraps, extends or inherits while it loads is not disturbed", async ({ expect }) => {
      const code = `
      var fs = require("fs"), net = require("net"), zlibless = require("tls");
      class Socket extends net.Socket {}
      function Stream() {} Stream.prototype = Object.create(fs.ReadStream.prototype);
      var bound = fs.readFile.bind(fs), { O_RDONLY, F_OK } = fs.constants;
      fs.gracefulify = true; var old = fs.close; fs.close = function () { return old.apply(fs, arguments); };
      exports.seen = [typeof fs.readFileSync, typeof fs.nope, "nope" in fs, fs.existsSync && fs.existsSync("/x"), typeof fs.realpath.native,
        typeof Socket, O_RDONLY, F_OK, fs.then, fs.__esModule, fs[Symbol.iterator], JSON.stringify(fs.constants).length > 10,
        Object.keys(fs).includes("readFile"), fs.readFile.name, require("cluster").isMaster, require("tty").isatty(1)];`;
      expect(await run('import { seen } from "p"; export default seen;', [pack("p", code)])).toEqual([
        "function",
        "undefined",
        false,
        false,
        "function",
        "function",
        0,
        0,
        undefined,
        undefined,
        undefined,
        true,
        true,
        "readFile",
        true,
        false,
      ]);
    });

    it("import() gives a namespace, which is not taken for a promise", async ({ expect }) => {
      const main = `const ns = await import("fs"); export default [typeof ns.readFileSync, typeof ns.default.readFileSync, ns.then];`;
      expect(await run(main)).toEqual(["function", "function", undefined]);
    });

    it("a name that Node does not have either is an error for the project", async ({ expect }) => {
      await expect(run('import { readFileSink } from "fs"; export default readFileSink;')).rejects.toMatchObject({
        cause: {
          code: "ERR_EXPORT_NOT_FOUND",
          message: expect.stringContaining('imports "readFileSink" from "node:fs"'),
        },
      });
    });
  });

  describe("a module of Node that a package stands in for", () => {
    it("is one instance in ES modules and CommonJS, by default, by name and as a namespace", async ({ expect }) => {
      const main = `import buffer, { Buffer as named, Blob } from "node:buffer"; import * as all from "buffer"; import { required } from "p";
      const later = await import("buffer");
      export default [named === buffer.Buffer, all.Buffer === named, required === buffer, later.default === buffer, Buffer === named,
        typeof Blob, Buffer.from("x"), buffer.kMaxLength];`;
      const made = await run(main, [pack("p", `exports.required = require("buffer");`)]);
      expect(made).toEqual([true, true, true, true, true, "function", "bytes of x", 5]);
    });

    it("stands in for the whole program, but where a package depends on one of that npm name, or says so", async ({
      expect,
    }) => {
      const own = { manifest: { name: "buffer", version: "5.0.0" }, files: { "index.js": "exports.Buffer = 5;" } };
      const dependencies = { buffer: "^5.0.0" };
      const main = `import { a } from "a"; import { b } from "b"; import { c } from "c"; import { d } from "d"; import buffer from "buffer";
      export default [a === buffer, b.Buffer, c.Buffer, d === buffer];`;
      const packages = [
        own,
        pack("a", `exports.a = require("buffer");`),
        pack("b", `exports.b = require("buffer");`, { dependencies }),
        pack("c", `exports.c = require("buffer/");`, { dependencies }),
        pack("d", `exports.d = require("node:buffer");`, { dependencies }),
      ];
      expect(await run(main, packages)).toEqual([true, 5, 5, true]);
    });

    it("Buffer is there as a free name, although the browser field takes the module away", async ({ expect }) => {
      const code = `exports.found = [typeof Buffer.from, require("buffer").Buffer];`;
      const p = pack("p", code, { browser: { buffer: false } });
      expect(await run('import { found } from "p"; export default found;', [p])).toEqual(["function", undefined]);
    });

    it("has an address that is its name", async ({ expect }) => {
      const code = `exports.names = [require.resolve("fs"), require.resolve("node:buffer")];`;
      const main = `import { names } from "p"; export default [import.meta.resolve("fs"), ...names];`;
      expect(await run(main, [pack("p", code)])).toEqual(["node:fs", "node:fs", "node:buffer"]);
    });

    it("parts of it, by their own names", async ({ expect }) => {
      const main = `import stream, { Readable } from "stream"; import { pipeline } from "stream/promises"; import readable from "_stream_readable"; import posix, { join } from "path/posix";
      export default [Readable === stream.Readable, pipeline === stream.promises.pipeline, readable === Readable, join("a", "b"), posix.sep];`;
      expect(await run(main)).toEqual([true, true, true, "a/b", "/"]);
    });

    it("process: what code looks for, and no sign of Node", async ({ expect }) => {
      const main = `import imported, { nextTick } from "process"; import { required } from "p"; import { setImmediate as immediate } from "timers";
      const order: string[] = []; nextTick((x) => order.push(x), "tick"); await 0;
      await new Promise((resolve) => setImmediate(resolve, 1)); await new Promise((resolve) => immediate(resolve));
      let code; try { process.exit(1); } catch (error) { code = error.code; }
      export default [imported === process, required === process, order, process.env.NODE_ENV, process.argv, process.cwd(), process.versions.node,
        process.platform, process.browser, typeof process.hrtime.bigint(), process.on("x", () => {}) === process, process.stdout.isTTY, code,
        global === globalThis, Object.prototype.toString.call(process)];`;
      expect(await run(main, [pack("p", "exports.required = require('process');")])).toEqual([
        true,
        true,
        ["tick"],
        "production",
        [],
        "/",
        undefined,
        "browser",
        true,
        "bigint",
        true,
        false,
        "ERR_BUILTIN_UNAVAILABLE",
        true,
        "[object Object]",
      ]);
    });
  });
});

describe("Node's own realm", () => {
  it("has its own modules and globals, in ES modules and CommonJS", async ({ expect }) => {
    const { builtins } = createNodeHost();
    const main = `import fs, { existsSync } from "node:fs"; import { required, free } from "p"; const path = await import("path");
      export default [fs.readFileSync, existsSync("/"), required === fs, free, path.sep, process.version];`;
    const code = `exports.required = require("fs"); exports.free = [typeof Buffer, typeof setImmediate, process.versions.node, global === globalThis];`;
    const registry = await createFakeRegistry([pack("p", code, { dependencies: { buffer: "*" } }), ...FAKE_POLYFILLS]);
    const program = await registry
      .loader({ builtins: builtins ?? [] })
      .load({ entry: "/main.ts", files: { "/main.ts": main } });
    const { namespace } = await evaluateInNode(program.image, program);
    const fs = process.getBuiltinModule("node:fs");
    expect((namespace as { default: unknown }).default).toEqual([
      fs.readFileSync,
      true,
      true,
      ["function", "function", process.versions.node, true],
      process.getBuiltinModule("node:path").sep,
      process.version,
    ]);
  });
});

import { expect } from "playwright/test";
import { buildWasm } from "../fixtures/wasm-builder.ts";
import { test } from "./playground-test.ts";

test.beforeEach(({ playground }) => playground.open());

test.describe("workers of a program", () => {
  test("a module: TypeScript, imports of files and packages; what is sent before it runs is kept", async ({
    playground,
  }) => {
    await playground.runToEnd({
      "/main.ts": `
        const worker = new Worker(new URL("./work.ts", import.meta.url), { type: "module", name: "adder" });
        const answers: unknown[] = [];
        worker.addEventListener("message", ({ data }) => {
          answers.push(data);
          if (answers.length === 3) console.log(JSON.stringify(answers));
        });
        for (const n of [1, 2, 3]) worker.postMessage(n);
        console.log(worker instanceof Worker, worker.constructor.name);`,
      "/work.ts": `
        import ms from "ms";
        import { double } from "./double.ts";
        const names: string[] = [self.name, typeof document, new URL(self.location.href).pathname];
        self.onmessage = ({ data }: MessageEvent<number>) => postMessage([double(data), ms(60_000), ...names]);`,
      "/double.ts": "export const double = (n: number) => n * 2;",
    });
    const rest = '"1m","adder","undefined","/~/project/work.ts"';
    await expect(playground.console()).toHaveText([/true Worker/, /./]);
    await expect(playground.console().last()).toContainText(`[[2,${rest}],[4,${rest}],[6,${rest}]]`);
    expect((await playground.packages()).map(({ name }) => name)).toEqual(["ms"]);
  });

  test("a classic script: its top level is global, importScripts() gives the files beside it", async ({
    playground,
  }) => {
    await playground.runToEnd({
      "/main.js": `
        const worker = new Worker("lib/work.js");
        worker.onmessage = ({ data }) => console.log(data.join());
        worker.postMessage(20);`,
      "/lib/work.js": `
        importScripts("./one.js", '../two.js');
        var offset = 1;
        function sum(n) { return n + one + two + self.offset; }
        onmessage = ({ data }) => postMessage([self.sum(data), this === self, typeof require]);`,
      "/lib/one.js": "var one = 1;",
      "/two.js": "importScripts('./more.js'); var two = more + 18;",
      "/lib/more.js": "self.more = 2;",
    });
    await expect(playground.console()).toContainText("42,true,undefined");
  });

  test("CommonJS of a package, which makes its own worker", async ({ playground, registry }) => {
    await registry.publish({
      name: "e2e-own-worker",
      manifest: { type: "module" },
      files: {
        "index.js": `export const start = () => new Worker(new URL("./dist/work.cjs", import.meta.url));`,
        "dist/work.cjs": `const { answer } = require("./answer.cjs"); self.onmessage = () => self.postMessage(answer);`,
        "dist/answer.cjs": `exports.answer = 42;`,
      },
    });
    await playground.runToEnd(`
      import { start } from "e2e-own-worker";
      const worker = start();
      worker.onmessage = ({ data }) => console.log("answer", data);
      worker.postMessage("?");
    `);
    await expect(playground.console()).toContainText("answer 42");
  });

  test("it has the program's files, import(), WebAssembly, a console, and workers of its own", async ({
    playground,
    registry,
  }) => {
    await registry.publish({
      name: "e2e-worker-wasm",
      manifest: { type: "module" },
      files: {
        "five.wasm": buildWasm({
          types: [[[], [0x7f]]],
          functions: [[0, 0x41, 5]],
          exports: [["five", "function", 0]],
        }),
      },
    });
    await playground.runToEnd({
      "/main.js": `new Worker(new URL("work.js", import.meta.url), { type: "module" });`,
      "/data.json": `{ "n": 1 }`,
      "/work.js": `
        import { five } from "e2e-worker-wasm/five.wasm";
        const { n } = await (await fetch("data.json")).json();
        const request = new XMLHttpRequest();
        request.open("GET", new URL("data.json", import.meta.url));
        request.onload = async () => {
          const { late } = await import("./late.js");
          const inner = new Worker(new URL("inner.js", import.meta.url), { type: "module" });
          inner.onmessage = ({ data }) => console.log(n, five(), request.responseText, late, data, { in: "a worker" });
        };
        request.send();`,
      "/late.js": `export const late = "late";`,
      "/inner.js": `import { late } from "./late.js"; postMessage("inner " + late);`,
    });
    await expect(playground.console()).toContainText('1 5 { "n": 1 } late inner late { in: "a worker" }');
  });

  test("transferables move, ports connect, terminate() ends", async ({ playground }) => {
    await playground.runToEnd({
      "/main.js": `
        const worker = new Worker(new URL("work.js", import.meta.url), { type: "module" });
        const { port1, port2 } = new MessageChannel();
        const buffer = new Uint8Array([1, 2, 3]).buffer;
        worker.postMessage({ buffer, port: port2 }, [buffer, port2]);
        console.log("here", buffer.byteLength);
        port1.onmessage = ({ data }) => {
          console.log("back", new Uint8Array(data).join());
          worker.terminate();
          worker.postMessage("nobody hears");
          setTimeout(() => console.log("end"), 200);
        };`,
      "/work.js": `
        self.onmessage = ({ data }) => {
          if (data === "nobody hears") console.log("heard");
          else data.port.postMessage(data.buffer, [data.buffer]);
        };`,
    });
    await expect(playground.console()).toHaveText([/here 0/, /back 1,2,3/, /end/]);
  });

  test("blob: and data: URLs, also when they are revoked at once, and with an import of the program", async ({
    playground,
  }) => {
    await playground.runToEnd({
      "/main.js": `
        const listen = (worker) => new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
        const blob = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
        const revoked = blob("var a = 1; postMessage('classic ' + (typeof self.a))");
        const first = listen(new Worker(revoked));
        URL.revokeObjectURL(revoked);
        const part = new URL("part.js", import.meta.url).href;
        const second = listen(new Worker(blob(\`await import("\${part}");\`), { type: "module" }));
        const third = listen(new Worker("data:text/javascript," + encodeURIComponent("postMessage('data')")));
        console.log((await Promise.all([first, second, third])).join());`,
      "/part.js": `import { name } from "./name.js"; postMessage("part of " + name);`,
      "/name.js": `export const name = "the program";`,
    });
    await expect(playground.console()).toContainText("classic number,part of the program,data");
  });

  test("a SharedWorker is one worker for all of its clients", async ({ playground }) => {
    await playground.runToEnd({
      "/main.js": `
        const connect = () => new SharedWorker(new URL("shared.js", import.meta.url), { type: "module", name: "one" });
        const [first, second] = [connect(), connect()];
        const answers = [];
        for (const { port } of [first, second])
          port.onmessage = ({ data }) => answers.push(data) === 2 && console.log(answers.sort().join());
        first.port.postMessage("a");
        second.port.postMessage("b");`,
      "/shared.js": `
        let clients = 0;
        self.onconnect = ({ ports: [port] }) => {
          const number = ++clients;
          port.onmessage = ({ data }) => port.postMessage(data + number + " of " + self.name);
        };`,
    });
    await expect(playground.console()).toContainText("a1 of one,b2 of one");
  });
});

test.describe("errors of workers", () => {
  test("one that is thrown reaches onerror, and the visitor with file and line", async ({ playground }) => {
    await playground.run({
      "/main.js": `
        const worker = new Worker(new URL("work.js", import.meta.url), { type: "module" });
        worker.onerror = ({ message }) => console.log("onerror:", message);
        worker.postMessage("go");`,
      "/work.js": `
        import { fail } from "./fail.js";
        self.onmessage = () => fail();`,
      "/fail.js": `// a comment
        export function fail() {
          throw new RangeError("too far");
        }`,
    });
    await expect(playground.console("log")).toContainText("onerror: Uncaught RangeError: too far");
    await expect(playground.console("error")).toContainText("RangeError: too far");
    await expect(playground.console("error")).toContainText("fail.js:3");
  });

  test("a rejection that nobody handles is shown", async ({ playground }) => {
    await playground.run({
      "/main.js": `new Worker(new URL("work.js", import.meta.url));`,
      "/work.js": `Promise.reject(new Error("left alone"));`,
    });
    await expect(playground.console("error")).toContainText("Error: left alone");
  });

  for (const [title, files, message] of [
    ["a file that is not there", {}, 'The project has no file "/work.js"'],
    ["a file that does not parse", { "/work.js": "export const = 1;" }, "/work.js:1:14 does not parse"],
    [
      "an import of a name that is not exported",
      { "/work.js": 'import { a } from "./b.js"; a();', "/b.js": "export {};" },
      'imports "a" from "./b.js"',
    ],
  ] as const) {
    test(`${title} is an error event of the worker, and says what is wrong`, async ({ playground }) => {
      await playground.run({
        "/main.js": `
          const url = new URL("work" + ".js", import.meta.url);
          new Worker(url, { type: "module" }).onerror = ({ message }) => console.log("onerror:", message);`,
        ...files,
      });
      await expect(playground.console("log")).toContainText(`onerror: Uncaught LoaderError: `);
      await expect(playground.console("log")).toContainText(message);
      await expect(playground.error).toContainText(message);
    });
  }

  test("a script that cannot be known before the worker starts is an error of importScripts()", async ({
    playground,
  }) => {
    await playground.runToEnd({
      "/main.js": `new Worker(new URL("work.js", import.meta.url));`,
      "/work.js": `
        const name = "other" + ".js";
        try { importScripts(name); } catch (error) { console.log(error.name, error.message); }`,
      "/other.js": "",
    });
    await expect(playground.console()).toContainText("NetworkError");
    await expect(playground.console()).toContainText("/~/project/other.js");
  });
});

test.describe("packages with workers", () => {
  // Some of the archives are large.
  test.describe.configure({ timeout: 600_000 });

  const PACKAGES: readonly (readonly [title: string, files: Record<string, string>, result: string])[] = [
    [
      "comlink: calls of functions in a worker of the project",
      {
        "/main.js": `
          import { wrap } from "comlink";
          const worker = new Worker(new URL("./work.js", import.meta.url), { type: "module" });
          console.log("sum", await wrap(worker).add(40, 2));`,
        "/work.js": `
          import { expose } from "comlink";
          expose({ add: (a, b) => a + b });`,
      },
      "sum 42",
    ],
    [
      "esbuild-wasm: a worker from a blob, which fetches the WebAssembly",
      {
        "/main.js": `
          import * as esbuild from "esbuild-wasm";
          await esbuild.initialize({ wasmURL: import.meta.resolve("esbuild-wasm/esbuild.wasm") });
          const { code } = await esbuild.transform("enum A { x = 1 + 2 } alert(A.x)", { loader: "ts", minify: true });
          console.log("minified", code.includes("alert(3)"));`,
      },
      "minified true",
    ],
    [
      "@duckdb/duckdb-wasm: a classic worker at a URL that is given to it",
      {
        "/main.js": `
          import * as duckdb from "@duckdb/duckdb-wasm";
          const file = (name) => new URL(name, import.meta.resolve("@duckdb/duckdb-wasm/dist/duckdb-mvp.wasm")).href;
          const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(file("duckdb-browser-mvp.worker.js")));
          await database.instantiate(file("duckdb-mvp.wasm"));
          const connection = await database.connect();
          const rows = await connection.query("SELECT 6 * n AS product FROM (VALUES (1), (7)) AS t (n) ORDER BY n DESC");
          console.log("product", rows.toArray()[0].product);`,
      },
      "product 42",
    ],
    [
      "pdfjs-dist: a module worker of its own, at a URL that is given to it",
      {
        "/main.js": `
          import * as pdfjs from "pdfjs-dist";
          pdfjs.GlobalWorkerOptions.workerSrc = import.meta.resolve("pdfjs-dist/build/pdf.worker.mjs");
          const text = \`%PDF-1.1
          1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
          2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
          3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
          4 0 obj<</Length 44>>stream
          BT /F1 18 Tf 10 50 Td (Hello pages) Tj ET  
          endstream endobj
          5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
          trailer<</Root 1 0 R>>\`.replaceAll(/^ {10}/gm, "");
          const pdf = await pdfjs.getDocument({ data: new TextEncoder().encode(text) }).promise;
          const { items } = await (await pdf.getPage(1)).getTextContent();
          console.log(pdf.numPages, items.map(({ str }) => str).join());`,
      },
      "1 Hello pages",
    ],
  ];

  for (const [title, files, result] of PACKAGES) {
    test(`${title}, offline too`, async ({ playground }) => {
      for (const offline of [false, true]) {
        await playground.page.context().setOffline(offline);
        await playground.runToEnd(files, "/main.js");
        await expect(playground.console().last()).toContainText(result);
        // pdf.js says so when it does without its worker.
        await expect(playground.console().filter({ hasText: "fake worker" })).toHaveCount(0);
      }
    });
  }
});

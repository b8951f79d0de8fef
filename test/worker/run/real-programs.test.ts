import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createLoader } from "../../../src/loader.ts";
import { createWorkerdHost } from "../../../src/platform/workerd/host.ts";
import { ISOLATE_OPTIONS } from "../../../src/platform/workerd/isolate-settings.ts";
import { runProgram } from "../../../src/platform/workerd/run-program.ts";
import { ask } from "./running.ts";

const TIMEOUT = { timeout: 180_000 };

/** Loads a program from the registry that npm is set to, in workerd, and gives its answer to a request. */
async function answerOf(source: string, path = "/", init?: RequestInit): Promise<string> {
  const host = createWorkerdHost(env.RAYA_KV);
  const loader = createLoader(host, {
    ...ISOLATE_OPTIONS,
    registry: env.UPSTREAM_REGISTRY,
    base: "https://app.test/~/",
  });
  const program = await loader.load({ files: { "/main.tsx": source }, entry: "/main.tsx" });
  return ask(await runProgram({ loader: env.LOADER, program }), path, init);
}

describe("real programs", () => {
  it("a Hono app with middleware", TIMEOUT, async ({ expect }) => {
    const source = `
      import { Hono } from "hono@4.13.19";
      import { cors } from "hono@4.13.19/cors";
      const app = new Hono();
      app.use(cors());
      app.get("/hello/:name", (c) => c.json({ hello: c.req.param("name") }));
      export default app;
    `;
    expect(await answerOf(source, "/hello/ada")).toBe('{"hello":"ada"}');
  });

  it("validation with zod", TIMEOUT, async ({ expect }) => {
    const source = `
      import { z } from "zod@4.6.7";
      const person = z.object({ name: z.string().min(2), age: z.number().int() });
      export default {
        async fetch(request: Request) {
          const parsed = person.safeParse(await request.json());
          return Response.json(parsed.success ? parsed.data : parsed.error.issues.map(({ path, code }) => [path, code]));
        },
      };
    `;
    const body = JSON.stringify({ name: "A", age: 1.5 });
    expect(await answerOf(source, "/", { method: "POST", body })).toBe(
      '[[["name"],"too_small"],[["age"],"invalid_type"]]',
    );
  });

  it("a server render with React, through the import that everybody writes", TIMEOUT, async ({ expect }) => {
    const source = `
      import { useState } from "react@19.3.1";
      import { renderToString } from "react-dom@19.3.1/server";
      function Counter() {
        const [count] = useState(3);
        return <b>count: {count}</b>;
      }
      export default { fetch: () => new Response(renderToString(<Counter />)) };
    `;
    expect(await answerOf(source)).toBe("<b>count: <!-- -->3</b>");
  });

  it("Markdown with marked", TIMEOUT, async ({ expect }) => {
    const source = `
      import { marked } from "marked@16.4.1";
      export default { async fetch(request) { return new Response(await marked.parse(await request.text())); } };
    `;
    expect(await answerOf(source, "/", { method: "POST", body: "# A *title*" })).toBe("<h1>A <em>title</em></h1>\n");
  });

  it("SQLite as WebAssembly: sql.js", TIMEOUT, async ({ expect }) => {
    const source = `
      import initSqlJs from "sql.js@1.13.0";
      export default {
        async fetch() {
          const { Database } = await initSqlJs();
          const database = new Database();
          database.run("create table t (a int); insert into t values (20), (22);");
          return Response.json(database.exec("select sum(a) as sum from t")[0]);
        },
      };
    `;
    expect(await answerOf(source)).toBe('{"columns":["sum"],"values":[[42]]}');
  });

  it("a file of CommonJS beside others, not the package's main: lodash/groupBy", TIMEOUT, async ({ expect }) => {
    const source = `
      import groupBy from "lodash@4.17.21/groupBy.js";
      import debug from "debug@4.4.3";
      export default { fetch: () => Response.json([groupBy([1.2, 2.1, 1.9], Math.floor), typeof debug("a")]) };
    `;
    expect(JSON.parse(await answerOf(source))).toEqual([{ 1: [1.2, 1.9], 2: [2.1] }, "function"]);
  });

  it("WebAssembly that stands in a package as base64: es-module-lexer", TIMEOUT, async ({ expect }) => {
    const source = `
      import { init, parse } from "es-module-lexer@1.7.0";
      export default { async fetch() { await init; return Response.json(parse("export const a = 1")[1].map(({ n }) => n)); } };
    `;
    expect(await answerOf(source)).toBe('["a"]');
  });
});

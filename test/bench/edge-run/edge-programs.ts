/** A program that is run at the edge by each contender. */
export interface EdgeProgram {
  readonly name: string;
  /** Exact versions. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Text of `src/index.tsx`. */
  readonly source: string;
  /** What a GET has to be answered with. */
  readonly answer: string;
}

const answering = (expression: string): string =>
  `export default { async fetch() { return new Response(${expression}); } };`;

export const EDGE_PROGRAMS: readonly EdgeProgram[] = [
  {
    name: "hono + cors",
    dependencies: { hono: "4.13.19" },
    source: `
      import { Hono } from "hono";
      import { cors } from "hono/cors";
      const app = new Hono();
      app.use(cors());
      app.get("/", (c) => c.text("hello"));
      export default app;`,
    answer: "hello",
  },
  {
    name: "zod",
    dependencies: { zod: "4.6.7" },
    source: `
      import { z } from "zod";
      const person = z.object({ name: z.string(), age: z.number() });
      ${answering('person.parse({ name: "Ada", age: 36 }).name')}`,
    answer: "Ada",
  },
  {
    name: "react-dom/server.edge",
    dependencies: { react: "19.3.1", "react-dom": "19.3.1" },
    source: `
      import { createElement } from "react";
      import { renderToString } from "react-dom/server.edge";
      ${answering('renderToString(createElement("b", null, "it"))')}`,
    answer: "<b>it</b>",
  },
  {
    name: "marked",
    dependencies: { marked: "16.4.1" },
    source: `import { marked } from "marked"; ${answering('marked.parse("# A")')}`,
    answer: "<h1>A</h1>\n",
  },
  {
    name: "lodash-es, 3 picks",
    dependencies: { "lodash-es": "4.18.1" },
    source: `
      import { chunk, groupBy, sum } from "lodash-es";
      ${answering("String(sum(chunk([1, 2, 3], 2).flat())) + Object.keys(groupBy([1.2, 2.1], Math.floor))")}`,
    answer: "61,2",
  },
  {
    name: "lodash (CommonJS)",
    dependencies: { lodash: "4.17.21" },
    source: `import _ from "lodash"; ${answering("String(_.sum([1, 2]))")}`,
    answer: "3",
  },
  {
    name: "react-dom/server",
    dependencies: { react: "19.3.1", "react-dom": "19.3.1" },
    source: `
      import { createElement } from "react";
      import { renderToString } from "react-dom/server";
      ${answering('renderToString(createElement("b", null, "it"))')}`,
    answer: "<b>it</b>",
  },
  {
    name: "debug",
    dependencies: { debug: "4.4.3" },
    source: `import debug from "debug"; ${answering('typeof debug("a")')}`,
    answer: "function",
  },
  {
    name: "lodash/groupBy.js",
    dependencies: { lodash: "4.17.21" },
    source: `import groupBy from "lodash/groupBy.js"; ${answering("JSON.stringify(groupBy([1.2, 2.1], Math.floor))")}`,
    answer: '{"1":[1.2],"2":[2.1]}',
  },
  {
    name: "sql.js",
    dependencies: { "sql.js": "1.13.0" },
    source: `
      import initSqlJs from "sql.js";
      export default {
        async fetch() {
          const { Database } = await initSqlJs();
          return new Response(String(new Database().exec("select 20 + 22")[0].values[0][0]));
        },
      };`,
    answer: "42",
  },
];

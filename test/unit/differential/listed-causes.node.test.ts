import { readFileSync } from "node:fs";
import { afterAll, describe, it } from "vitest";
import { compare, type Difference, isDifference } from "../../differential/compare.ts";
import { createSubject } from "../../differential/linked.ts";
import { CAUSES } from "../../differential/listed/causes.ts";
import { explain } from "../../differential/listed/explain.ts";
import { createOracle } from "../../differential/oracle.ts";
import { type Outcome, parseProgram, type TestProgram } from "../../differential/program.ts";

const TABLE = readFileSync(new URL("../../../docs/linking.md", import.meta.url), "utf8");

const oracle = createOracle("mixed");
const subject = createSubject({ mode: "image", packaged: false });
afterAll(() => oracle.close());

/** The smallest program for each cause. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "how deep a recursion gets before it throws": `
── /m0.mjs
let depth = 0;
const f = () => { depth++; return f() + f() };
__t("deep", f);
__l("depth", depth);
`,
  "a star export that is ambiguous further down": `
── /m0.mjs
export * from "./m1.mjs";
export * from "./m4.mjs";
── /m1.mjs
export * from "./m4.mjs";
export * from "./m2.mjs";
── /m2.mjs
export * from "./m3.mjs";
── /m3.mjs
export const b = 1;
── /m4.mjs
export const b = 2;
`,
  "a circle of re-exports that a star resolves": `
── /m0.mjs
import { b } from "./m1.mjs";
__l("m0", b);
── /m1.mjs
export * from "./m2.mjs";
export * from "./m3.mjs";
── /m2.mjs
import { b } from "./m1.mjs";
export { b };
── /m3.mjs
export const b = 1;
`,
  "`typeof arguments` at the top of an ES module that runs as a function": `
── /m0.mjs
import "./m1.cjs";
── /m1.cjs
require("./m2.mjs");
── /m2.mjs
__l("arguments", typeof arguments);
`,
  "a module that should have run after one that threw, imported again later, by itself or by another module": `
── /m0.mjs
__later("later", () => import("./m2.mjs"));
import "./m1.mjs";
import "./m2.mjs";
── /m1.mjs
__later("through another", () => import("./m3.mjs"));
throw new Error("E m1");
── /m2.mjs
__l("m2");
── /m3.mjs
import "./m2.mjs";
__l("m3");
`,
  "CommonJS that threw when a required ES module, or an `import()`, imported it, imported again": `
── /m0.mjs
import "./m1.cjs";
import "./m3.cjs";
── /m1.cjs
__t("m1", () => require("./m2.mjs"));
── /m2.mjs
import "./m3.cjs";
── /m3.cjs
throw new Error("E m3");
`,
  "an import of CommonJS that a cycle reads before that has run": `
── /m0.mjs
import "./m1.mjs";
import d from "./m2.cjs";
export { d };
── /m1.mjs
import { d } from "./m0.mjs";
__t("early", () => d);
── /m2.cjs
`,
  "an import of CommonJS whose exports are `null`, where its text shows names": `
── /m0.mjs
import d from "./m1.cjs";
__l("m0", d);
── /m1.cjs
exports.a = 1;
module.exports = null;
`,
  "an ES module that re-exports CommonJS with `export *`": `
── /m0.mjs
import * as ns from "./m1.mjs";
__l("keys", Object.keys(ns));
── /m1.mjs
export * from "./m2.cjs";
── /m2.cjs
exports.a = 1;
`,
  "own properties of `module` and `require`": `
── /m0.mjs
import "./m1.cjs";
── /m1.cjs
__l("module", module);
`,
  "namespace of CommonJS": `
── /m0.mjs
export * from "./m1.cjs";
── /m1.cjs
require("./m1.cjs").patched = 1;
`,
  "a sloppy CommonJS module with a function called `require` in a block": `
── /m0.mjs
import "./m1.cjs";
── /m1.cjs
__l("m2", require("./m2.cjs"));
{ function require() {} }
── /m2.cjs
exports.a = 1;
`,
  "an export of a module that has run, which nothing needed until an `import()` that fails because of another module": `
── /m0.mjs
import "./m1.mjs";
__later("throws", () => import("./m3.mjs"));
__later("needs it", () => import("./m2.mjs"));
__later("namespace", () => import("./m1.mjs"));
── /m1.mjs
export const f = (x) => x;
── /m2.mjs
import "./m3.mjs";
import { f } from "./m1.mjs";
__l("never", f);
── /m3.mjs
throw new Error("E m3");
`,
  "a class that nothing uses extends what is no constructor": `
── /m0.mjs
const f = () => {};
class Unused extends f {}
__l("m0");
`,
};

async function differenceOf(program: TestProgram): Promise<Difference | undefined> {
  const found = await compare(program, oracle.run, subject);
  return isDifference(found) ? found : undefined;
}

describe("differences that are listed", () => {
  it.for(CAUSES)("$row: has a row in docs/linking.md", ({ row }, { expect }) => {
    expect(TABLE).toContain(`\n| ${row} |`);
  });

  it.for(Object.entries(EXAMPLES))("%s: is told from the program", async ([row, text], { expect }) => {
    const found = await differenceOf(parseProgram(text));
    expect(found).toBeDefined();
    if (found !== undefined) expect(await explain(found, oracle.run, subject)).toEqual([row]);
  });

  it("two at once", async ({ expect }) => {
    const both = parseProgram(`
── /m0.mjs
import "./m1.cjs";
const f = () => {};
class Unused extends f {}
__l("m0");
── /m1.cjs
require("./m2.mjs");
── /m2.mjs
__l("arguments", typeof arguments);
`);
    const found = await differenceOf(both);
    const rows = found && (await explain(found, oracle.run, subject));
    expect(rows).toEqual([
      "`typeof arguments` at the top of an ES module that runs as a function",
      "a class that nothing uses extends what is no constructor",
    ]);
  });

  it.for(Object.entries(EXAMPLES))("%s: a further difference is not passed", async ([, text], { expect }) => {
    const faulty = async (program: TestProgram, patience: number): Promise<Outcome> => {
      const outcome = await subject(program, patience);
      return { ...outcome, log: [...outcome.log, "what no module says"] };
    };
    const found = await compare(parseProgram(text), oracle.run, faulty);
    if (!isDifference(found)) throw new Error("It should differ");
    expect(await explain(found, oracle.run, faulty)).toBeUndefined();
  });
});

import { describe, it } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import type { LoaderOptions } from "../../../src/loader.ts";
import { evaluateInNode } from "../../../src/platform/node/evaluate.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

/** Runs a project that throws, and gives the error. */
async function fail(
  files: Record<string, string>,
  packages: FakePackage[] = [],
  options: Partial<LoaderOptions> = {},
): Promise<LoaderError> {
  const registry = await createFakeRegistry(packages);
  const program = await registry.loader(options).load({ entry: "/main.ts", files });
  return evaluateInNode(program.image, program).then(
    () => {
      throw new Error("the program did not throw");
    },
    (error: LoaderError) => error,
  );
}

const files = {
  "/main.ts": `/* two
lines */
import { call } from "./call.ts";
interface X { a: string }

function run(): void {
  call(() => { throw new TypeError("deep", { cause: new Error("inner") }); });
}
run();
`,
  "/call.ts": `import { fail } from "pack"; // a comment
// another one
export function call(inner: () => void): void {
  // and one more
  fail(inner);
}
`,
};
const pack: FakePackage = {
  manifest: { name: "pack", version: "1.0.0" },
  files: {
    "index.js":
      "var other = require('./other');\n\n/* c */\nexports.fail = function fail(f) {\n  // x\n  return other(f);\n};",
    "other.js": "// a\nmodule.exports = function other(f) {\n  f();\n};",
  },
};

/** A stack without its first line. */
function callsOf(error: unknown): string[] {
  return ((error as Error).stack ?? "").split("\n").slice(1);
}

describe("the stack of what a program throws", () => {
  const calls = [
    "    at other (https://app.test/~/pack@1.0.0/other.js:3:3)",
    "    at fail (https://app.test/~/pack@1.0.0/index.js:6:10)",
    "    at call (https://app.test/~/project/call.ts:5:3)",
    "    at run (https://app.test/~/project/main.ts:7:3)",
    "    at https://app.test/~/project/main.ts:9:1",
  ];

  it("names files and lines of the project and of packages, and nothing else", async ({ expect }) => {
    const { cause } = await fail(files, [pack]);
    expect(callsOf(cause)).toEqual(["    at https://app.test/~/project/main.ts:7:22", ...calls]);
    expect(callsOf((cause as Error).cause)).toEqual(["    at https://app.test/~/project/main.ts:7:53", ...calls]);
  });

  it("module by module: the same lines", async ({ expect }) => {
    const { cause } = await fail(files, [pack], { linking: "modules" });
    const lines = (all: string[]): string[] => all.map((call) => call.replace(/:\d+\)?$/, ""));
    expect(lines(callsOf(cause))).toEqual(lines(["    at https://app.test/~/project/main.ts:7:22", ...calls]));
  });

  it("gives the error its place", async ({ expect }) => {
    const { details } = await fail(files, [pack]);
    expect(details).toMatchObject({ file: "https://app.test/~/project/main.ts", line: 7, column: 22 });
  });

  it("stays what it is where the error is frozen, or no error", async ({ expect }) => {
    const frozen = await fail({ "/main.ts": 'throw Object.freeze(new Error("cold"));' });
    expect(frozen).toMatchObject({ code: "ERR_EVALUATION_FAILED", message: "The program threw: cold" });
    const text = await fail({ "/main.ts": 'throw "text";' });
    expect(text).toMatchObject({ code: "ERR_EVALUATION_FAILED", cause: "text", details: {} });
  });
});

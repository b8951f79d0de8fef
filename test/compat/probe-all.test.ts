import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Verdict } from "../../scripts/compat/judge.ts";
import { probeAll } from "../../scripts/compat/probe-all.ts";
import type { EntryCase, PackageCase } from "../../scripts/compat/read-cases.ts";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { type RegistryServer, startRegistryServer } from "../fixtures/registry-server/registry-server.ts";

// The whole way, with packages that exist only here: the built page, the edge in workerd, Chromium.

/** Name → source of the package's one module. */
const PACKAGES: Readonly<Record<string, string>> = {
  "raya-fine": "export const answer = 42; export function f() {} export default class {}",
  "raya-throws": "export const a = 1; throw new TypeError('not today');",
  "raya-loops": "export const a = 1; for (;;);",
  "raya-leaves": "export const a = 1; location.href = 'about:blank'; await new Promise(() => {});",
  "raya-silences":
    "export const a = 1; for (const level of Object.keys(console)) console[level] = undefined; globalThis.postMessage = MessagePort.prototype.postMessage = () => {};",
  "raya-later":
    "export const a = 1; setTimeout(() => { throw new Error('later'); }); Promise.reject(new Error('never caught'));",
  "raya-talks": "export const a = 1; for (let i = 0; i < 3000; i++) console.log('line', i);",
  "raya-opens": "export const a = 1; alert('stop'); window.open('about:blank');",
  "raya-two-minds": "export const mode = process.env.NODE_ENV === 'production' ? undefined : () => {};",
  "raya-wants-peer": "export { version } from 'raya-peer';",
};

const entry = (name: string, kinds: EntryCase["kinds"], checks: EntryCase["checks"] = []): PackageCase => ({
  id: `${name}@1.0.0`,
  peers: name === "raya-wants-peer" ? { "raya-peer": "1.0.0" } : {},
  entries: [{ specifier: `${name}@1.0.0`, status: "plain", ...(kinds && { kinds }), checks }],
});
const check = (expression: string, expected: unknown) => ({ expression, expected });

const CASES: readonly PackageCase[] = [
  entry("raya-fine", { answer: "number", default: "function", f: "function" }, [
    check("m.answer", 42),
    check("new m.default() instanceof d", true),
    check("const n = m.answer; return [n, undefined]", [42, null]),
    check("m.answer", 43),
    check("m.nothing()", 1),
    check("await new Promise(() => {})", 1),
  ]),
  entry("raya-throws", { a: "number" }),
  entry("raya-loops", { a: "number" }),
  entry("raya-leaves", { a: "number" }),
  ...["raya-silences", "raya-later", "raya-talks", "raya-opens"].map((name) => entry(name, { a: "number" })),
  entry("raya-two-minds", { mode: "function" }),
  entry("raya-wants-peer", { version: "string" }, [check("m.version", "1.0.0")]),
  entry("raya-fine-not-there", { a: "number" }),
];

let registry: RegistryServer;
let folder: string;
let verdicts: Map<string, Verdict>;

beforeAll(async () => {
  registry = await startRegistryServer(npmRegistry());
  folder = await mkdtemp(join(tmpdir(), "raya-compat-"));
  const publish = (name: string, source: string, version: string): Promise<unknown> =>
    registry.publish({
      name,
      version,
      manifest: {
        type: "module",
        exports: "./index.js",
        ...(name === "raya-wants-peer" && { peerDependencies: { "raya-peer": "*" } }),
      },
      files: { "index.js": source },
    });
  for (const [name, source] of Object.entries(PACKAGES)) await publish(name, source, "1.0.0");
  for (const version of ["1.0.0", "2.0.0"]) await publish("raya-peer", `export const version = "${version}";`, version);
  const all = await probeAll({ packages: CASES }, new AbortController().signal, {
    upstream: registry.registry,
    folder: `${folder}/`,
    limits: { load: 60_000, run: 3_000 },
  });
  verdicts = new Map(all.map((verdict) => [verdict.specifier.replace("@1.0.0", ""), verdict]));
}, 240_000);

afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

describe("P95: the compatibility harness", () => {
  it("finds names and kinds of what loads", () => {
    expect(verdicts.get("raya-fine")).toMatchObject({ loads: true, sameExports: true, exports: 3 });
  });

  it("evaluates smoke checks, and tells wrong values, thrown errors and silence apart", () => {
    const smoke = verdicts.get("raya-fine")?.smoke ?? [];
    expect(smoke.map(({ passed }) => passed)).toEqual([true, true, true, false, false, false]);
    expect(smoke[3]?.actual).toBe(42);
    expect(smoke[4]?.error).toContain("TypeError");
    expect(smoke[5]?.error).toContain("has not run");
  });

  it.each([
    ["throws", "ERR_EVALUATION_FAILED", "not today"],
    ["loops", "TIMEOUT", "has not run"],
    ["leaves", "ERR_EVALUATION_FAILED", "The program left"],
    ["fine-not-there", "ERR_PACKAGE_NOT_FOUND", "raya-fine-not-there"],
  ])("says why a package that %s does not load", (what, code, message) => {
    const verdict = verdicts.get(`raya-${what}`);
    expect(verdict).toMatchObject({ loads: false, cause: { code } });
    expect(verdict?.cause?.message).toContain(message);
  });

  it.each(["silences", "later", "talks", "opens"])("hears a package that %s all the same", (what) => {
    expect(verdicts.get(`raya-${what}`)).toMatchObject({ loads: true, sameExports: true });
  });

  it("tries development where production has other exports: the oracle was made in that", () => {
    expect(verdicts.get("raya-two-minds")).toMatchObject({ sameExports: true, mode: "development" });
    expect(verdicts.get("raya-fine")).toMatchObject({ mode: "production" });
  });

  it("gives a package the peers that the list names, at their versions", () => {
    expect(verdicts.get("raya-wants-peer")?.smoke[0]).toMatchObject({ passed: true, actual: "1.0.0" });
  });
});

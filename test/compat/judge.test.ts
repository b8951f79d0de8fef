import { describe, expect, it } from "vitest";
import { compareExports, sameJson } from "../../scripts/compat/compare-exports.ts";
import { isClean, judge, sumUp } from "../../scripts/compat/judge.ts";
import type { ProbeOutcome } from "../../scripts/compat/probe-page.ts";
import type { EntryCase } from "../../scripts/compat/read-cases.ts";
import { formatOthers, formatTotals, formatVerdict } from "../../scripts/compat/report.ts";

const entry = (changes: Partial<EntryCase> = {}): EntryCase => ({
  specifier: "a@1.0.0",
  status: "plain",
  kinds: { f: "function", default: "object" },
  checks: [],
  ...changes,
});
const outcome = (changes: Partial<ProbeOutcome> = {}): ProbeOutcome => ({
  kinds: { default: "object", f: "function" },
  answers: new Map(),
  uncaught: [],
  ms: 1,
  healthy: true,
  ...changes,
});
const failure = outcome({
  cause: { code: "ERR_EVALUATION_FAILED", message: "TypeError: no\nat x", place: "a@1.0.0/i.js:3:4" },
});
delete (failure as { kinds?: unknown }).kinds;

describe("compareExports", () => {
  it("finds nothing where names and kinds are the same, in whatever order", () => {
    expect(compareExports({ a: "function", b: "object" }, { b: "object", a: "function" })).toBeUndefined();
  });

  it("names what is missing, what is more, and what is of another kind", () => {
    expect(compareExports({ a: "object", c: "number" }, { a: "function", b: "string" })).toEqual({
      missing: ["b (string)"],
      extra: ["c (number)"],
      changed: ["a (object, not function)"],
    });
  });

  it("does not take what objects inherit for an export", () => {
    expect(compareExports({}, { toString: "function" })?.missing).toEqual(["toString (function)"]);
  });
});

describe("sameJson", () => {
  it("compares values, not the order of keys", () => {
    expect(sameJson({ a: [1, { b: null }], c: "x" }, { c: "x", a: [1, { b: null }] })).toBe(true);
  });

  it.each([
    [
      [1, 2],
      [2, 1],
    ],
    [{ 0: 1 }, [1]],
    [{ a: 1 }, { b: 1 }],
    [null, {}],
    [0, "0"],
  ])("tells %j from %j", (a, b) => expect(sameJson(a, b)).toBe(false));
});

describe("verdicts", () => {
  it("say nothing of an entry that is as it must be", () => {
    const verdict = judge(entry(), outcome());
    expect(formatVerdict(verdict)).toEqual([]);
    expect(isClean(sumUp([verdict]))).toBe(true);
  });

  it("count an entry that does not load as one with other exports, and its smoke checks as failed", () => {
    const verdict = judge(entry({ checks: [{ expression: "m.f()", expected: 1 }] }), failure);
    expect(formatVerdict(verdict)).toEqual([
      "  a@1.0.0  does not load: ERR_EVALUATION_FAILED: TypeError: no\n      at a@1.0.0/i.js:3:4",
    ]);
    expect(formatTotals(sumUp([verdict, judge(entry(), outcome())]))).toBe(
      "compat: 1 of 2 entries load, 1 of 2 with the same exports, 0 of 1 smoke checks",
    );
  });

  it("show the value that a smoke check gave, or what it threw", () => {
    const checks = ["one", "two", "three"].map((expression) => ({ expression, expected: 1 }));
    const answers = new Map([
      [0, { json: "1" }],
      [1, { json: '{"a":2}' }],
      [2, { error: "Error: no" }],
    ]);
    expect(formatVerdict(judge(entry({ checks }), outcome({ answers })))).toEqual([
      '  a@1.0.0  smoke check gave {"a":2}, expected 1: two',
      "  a@1.0.0  smoke check threw Error: no, expected 1: three",
    ]);
  });

  it("list entries that no bundler loads apart from the totals", () => {
    const nodeOnly = entry({ status: "fails", nodeKinds: { f: "function" }, bundlerError: 'Could not resolve "fs"' });
    delete (nodeOnly as { kinds?: unknown }).kinds;
    const verdicts = [judge(nodeOnly, outcome({ kinds: { f: "function" } })), judge(nodeOnly, failure)];
    expect(formatTotals(sumUp(verdicts))).toContain("0 of 0 entries load");
    expect(formatOthers(verdicts).join("\n")).toBe(`
Not loaded by a bundler, or not tried with one: 2
  a@1.0.0  loads, 1 exports, the same as in Node
      bundler: Could not resolve "fs"
  a@1.0.0  ERR_EVALUATION_FAILED: TypeError: no
      bundler: Could not resolve "fs"`);
  });
});

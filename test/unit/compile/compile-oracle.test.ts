import { describe, it } from "vitest";
import { type ModuleRecord, RELOCATION_STRIDE } from "../../../src/artifact/module-record.ts";
import { checkRecord } from "../../compile-oracle/check-record.ts";
import { recordOf } from "./record-of.ts";

const SOURCE = `
import a, { b } from "x";
export let c = 1, d = \`\${a}\n\n\`; // comment
export default function () { return { c, b: () => a.e(b) } }
class F extends b { g = c; static h = F }
c = () => d`;

const without = (record: ModuleRecord, relocation: number): ModuleRecord => ({
  ...record,
  relocations: [...record.relocations].toSpliced(relocation * RELOCATION_STRIDE, RELOCATION_STRIDE),
  parts: record.parts.map((value, index) => (index % 5 === 4 && value > relocation ? value - 1 : value)),
});

describe("the compile oracle", () => {
  it("finds nothing wrong with what the compiler makes", ({ expect }) => {
    expect(checkRecord(SOURCE, recordOf(SOURCE))).toEqual([]);
    expect(checkRecord("exports.a = 1 // b", recordOf("exports.a = 1 // b", "a.cjs"))).toEqual([]);
  });

  it("finds a tree that differs", ({ expect }) => {
    const record = recordOf(SOURCE);
    expect(checkRecord(SOURCE.replace("a.e(b)", "a.e(c)"), record)).toEqual([
      expect.stringContaining("The trees differ"),
    ]);
    const code = record.code.replace("\n\n`", "\n`");
    expect(checkRecord(SOURCE, { ...record, code })[0]).toContain("The trees differ");
  });

  it("finds every relocation that is missing", ({ expect }) => {
    const record = recordOf(SOURCE);
    const count = record.relocations.length / RELOCATION_STRIDE;
    const harmless = [...Array(count).keys()].filter(
      (index) => checkRecord(SOURCE, without(record, index)).length === 0,
    );
    expect(count).toBe(15);
    // The name of the default export, and the ends of the class: nothing else mentions either.
    expect(harmless).toEqual([3, 7, 10]);
  });

  it("finds lines that are missing, and parts that do not end where statements do", ({ expect }) => {
    const record = recordOf(SOURCE);
    expect(checkRecord(SOURCE, { ...record, lines: record.lines.slice(1) })).not.toEqual([]);
    expect(checkRecord(SOURCE, { ...record, parts: record.parts.with(0, 3) })).not.toEqual([]);
  });
});

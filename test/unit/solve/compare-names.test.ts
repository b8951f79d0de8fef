import { describe, it } from "vitest";
import { compareNames } from "../../../src/solve/compare-names.ts";

describe("compareNames", () => {
  it("orders as the Unicode collation does, which npm sorts by", ({ expect }) => {
    const names = [
      "a_b",
      "a-b",
      "a.b",
      "a/b",
      "a1",
      "aa",
      "Ab",
      "ab",
      "abc",
      "@x/a",
      "@X/b",
      "1a",
      "_x",
      "b",
      "B",
      "A",
    ];
    const collator = new Intl.Collator("en");
    expect(names.toSorted(compareNames)).toEqual(names.toSorted((a, b) => collator.compare(a, b)));
  });

  it("is an order: equal to itself only, and the same both ways round", ({ expect }) => {
    expect(compareNames("ab", "ab")).toBe(0);
    expect(Math.sign(compareNames("ab", "Ab"))).toBe(-Math.sign(compareNames("Ab", "ab")));
    expect(compareNames("a", "é")).toBeLessThan(0);
  });
});

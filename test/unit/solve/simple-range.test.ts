import satisfies from "semver/functions/satisfies.js";
import { describe, it } from "vitest";
import { isRelease, isWithin, readSimpleRange, versionKey } from "../../../src/solve/simple-range.ts";

const NUMBERS = [0, 1, 2, 3, 10, 8999];
const VERSIONS = NUMBERS.flatMap((major) =>
  NUMBERS.flatMap((minor) => NUMBERS.map((patch) => `${major}.${minor}.${patch}`)),
);
const PARTIALS = ["0", "1", "2.x", "0.0", "0.1", "1.2", "1.*", "0.0.0", "0.0.3", "0.2.3", "1.2.3", "10.0.1", "3.1.X"];
const COMPARATORS = ["", "^", "~", ">=", ">", "<", "<=", ">= ", "< ", "^ "].flatMap((operator) =>
  PARTIALS.map((one) => operator + one),
);

const PRERELEASES = [
  "1.2.3-beta.1",
  "^1.2.3-0",
  "~0.2.3-rc",
  ">=2.0.0-alpha <3",
  "^1.2.0 || 2.0.0-beta",
  "^0.0.3-x || ^10.0.1-y.7",
];

describe("simple ranges", () => {
  it("have the releases that semver says", ({ expect }) => {
    const pairs = COMPARATORS.flatMap((a, index) => {
      const b = COMPARATORS[(index * 7 + 3) % COMPARATORS.length] ?? "";
      return [a, `${a} ${b}`, `${a} || ${b}`, `${a}||${b}`];
    });
    const wrong = ["*", ...pairs, ...PRERELEASES].flatMap((range) => {
      const simple = readSimpleRange(range);
      if (simple === undefined) return [`${range} is not read`];
      const differs = (version: string): boolean =>
        isWithin(versionKey(version), simple.releases) !== satisfies(version, range, { loose: true });
      return VERSIONS.filter(differs).map((version) => `${version} in ${range}`);
    });
    expect(wrong).toEqual([]);
  });

  it("have no prerelease, as semver has it, not even just below their end", ({ expect }) => {
    const prereleases = ["1.0.0-0", "2.0.0-0", "1.3.0-0", "2.0.0-alpha", "0.0.4-0", "0.1.0-", "1.2.4-rc.1", "2.0.0--"];
    for (const version of prereleases) {
      expect(isRelease(versionKey(version))).toBe(false);
      for (const range of ["*", ...COMPARATORS]) expect(satisfies(version, range, { loose: true })).toBe(false);
    }
  });

  it("are only what is written as nearly all are; the rest is semver's", ({ expect }) => {
    const others = [
      "<1.2.3-beta",
      "1.2.3-01",
      "^1.2-beta",
      "9000.1.2",
      "1.2.3 - 2",
      "v1",
      "^1.x.3",
      "01.2.3",
      "=1.2.3",
      "",
      "1.2.3+b",
      "x",
      "||",
    ];
    for (const range of others) expect(readSimpleRange(range)).toBeUndefined();
    for (const version of ["v1.2.3", "1.2", "1.2.3+build", "20260101.0.0", "1.20260101.0", "latest"]) {
      expect(isRelease(versionKey(version))).toBe(false);
    }
  });

  it("say of which releases they could have prereleases", ({ expect }) => {
    expect(PRERELEASES.map((range) => readSimpleRange(range)?.prereleasesUpTo)).toEqual(
      ["1.2.3", "1.2.3", "0.2.3", "2.0.0", "2.0.0", "10.0.1"].map(versionKey),
    );
    expect(readSimpleRange("^1.2.3")?.prereleasesUpTo).toBeUndefined();
  });

  it("order by their numbers", ({ expect }) => {
    const keys = VERSIONS.map(versionKey);
    expect(keys.toSorted((a, b) => a - b)).toEqual(keys);
    expect(Number.isSafeInteger(versionKey("8999.9999.99999999"))).toBe(true);
    expect(versionKey("1.0.30001826")).toBeLessThan(versionKey("1.1.0"));
  });
});

import { describe, it } from "vitest";
import type { Packument } from "../../../src/fetch/registry.ts";
import { noVersionError, pickVersion } from "../../../src/resolve/pick-version.ts";

function packument(
  versions: readonly string[],
  tags: Record<string, string>,
  deprecated: readonly string[] = [],
): Packument {
  const entries = versions.map((version) => [
    version,
    { name: "p", version, dist: {}, ...(deprecated.includes(version) ? { deprecated: "no" } : {}) },
  ]);
  return { name: "p", "dist-tags": tags, versions: Object.fromEntries(entries) };
}

const p = packument(["1.0.0", "1.2.0", "1.2.9", "2.0.0", "2.1.0", "3.0.0-beta.1"], {
  latest: "2.0.0",
  beta: "3.0.0-beta.1",
});

describe("pickVersion", () => {
  it.for([
    ["R10: a bare name takes latest, which need not be the highest", "*", "2.0.0"],
    ["R65: exact", "1.2.0", "1.2.0"],
    ["R66: caret", "^1.0.0", "1.2.9"],
    ["R67: tilde", "~1.2.0", "1.2.9"],
    ["R68: at least, latest where it fits", ">=1.0.0", "2.0.0"],
    ["R70: the highest where latest does not fit", ">2.0.0", "2.1.0"],
    ["P59: a tag", "beta", "3.0.0-beta.1"],
    ["a prerelease only where the range names one", "^3.0.0-beta.0", "3.0.0-beta.1"],
  ] as const)("%s", ([, range, expected], { expect }) => {
    expect(pickVersion(p, [range])).toBe(expected);
  });

  it("gives nothing where no version or tag fits", ({ expect }) => {
    expect(pickVersion(p, ["^9"])).toBeUndefined();
    expect(pickVersion(p, ["nightly"])).toBeUndefined();
    expect(pickVersion(p, ["^1", "^2"])).toBeUndefined();
  });

  it("prefers a version that is not deprecated", ({ expect }) => {
    expect(pickVersion(packument(["1.0.0", "1.1.0"], { latest: "2.0.0" }, ["1.1.0"]), ["^1"])).toBe("1.0.0");
    expect(pickVersion(packument(["1.0.0", "1.1.0"], {}, ["1.0.0", "1.1.0"]), ["^1"])).toBe("1.1.0");
  });

  it("the error names what there is", ({ expect }) => {
    const error = noVersionError(p, "^9", "/main.ts:1:1");
    expect(error.code).toBe("ERR_VERSION_NOT_FOUND");
    expect(error.message).toContain('No version of "p" matches "^9"');
    expect(error.hint).toContain("2.1.0, 2.0.0, 1.2.9");
    expect(error.details.referrer).toBe("/main.ts:1:1");
  });
});

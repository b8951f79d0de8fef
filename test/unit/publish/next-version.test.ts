import { describe, it } from "vitest";
import { nextVersion, type VersionChange } from "../../../src/publish/next-version.ts";

describe("R103, R104: the next version", () => {
  const CASES: [version: string, change: VersionChange, next: string][] = [
    ["1.0.0", { bump: "patch" }, "1.0.1"],
    ["1.0.1", { bump: "minor" }, "1.1.0"],
    ["1.1.0", { bump: "major" }, "2.0.0"],
    ["1.0.0", {}, "1.0.0"],
    ["1.0.0", { tag: "latest" }, "1.0.0"],
    ["1.0.0", { tag: "stable", bump: "patch" }, "1.0.1"],
    ["1.0.0", { tag: "beta" }, "1.0.0-beta.1"],
    ["1.0.0-beta.1", { tag: "beta" }, "1.0.0-beta.2"],
    ["1.0.0-beta.9", { tag: "rc" }, "1.0.0-rc.1"],
    ["1.0.0", { tag: "beta", bump: "minor" }, "1.1.0-beta.1"],
    ["1.1.0-beta.1", { tag: "beta", bump: "minor" }, "1.2.0-beta.1"],
    ["1.1.0-beta.3", { bump: "minor" }, "1.1.0"],
  ];
  it.for(CASES)("after %s, with %o, is %s", ([version, change, next], { expect }) => {
    expect(nextVersion(version, change)).toBe(next);
  });

  it("of what is no version, or with a tag that can be in none, is an error", ({ expect }) => {
    for (const wrong of [() => nextVersion("one", {}), () => nextVersion("1.0.0", { tag: "a b" })])
      expect(wrong).toThrow(expect.objectContaining({ code: "ERR_PUBLISH_INVALID" }));
  });
});

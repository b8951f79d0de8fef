import { describe, it } from "vitest";
import type { Packument } from "../../../src/fetch/registry.ts";
import { noVersionError } from "../../../src/resolve/no-version-error.ts";

const versions = ["1.0.0", "1.2.0", "1.2.9", "2.0.0", "2.1.0", "3.0.0-beta.1"];
const packument: Packument = {
  name: "p",
  "dist-tags": { latest: "2.0.0", beta: "3.0.0-beta.1" },
  versions: Object.fromEntries(versions.map((version) => [version, { name: "p", version, dist: {} }])),
};

describe("the error for a range that no version meets", () => {
  it("names what there is", ({ expect }) => {
    const error = noVersionError(packument, "^9", "/main.ts:1:1");
    expect(error.code).toBe("ERR_VERSION_NOT_FOUND");
    expect(error.message).toContain('No version of "p" matches "^9"');
    expect(error.hint).toContain("2.1.0, 2.0.0, 1.2.9");
    expect(error.details.referrer).toBe("/main.ts:1:1");
  });
});

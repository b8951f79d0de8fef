import { describe, it } from "vitest";
import type { PreferredVersions } from "../../../src/solve/version-picker.ts";
import { idsOf, NOW, solve, type World } from "./registry-world.ts";

const prefer = (versions: Record<string, string[]>, tags: Record<string, string> = {}): PreferredVersions => ({
  names: Object.keys(versions),
  versions: (name) => versions[name] ?? [],
  tagged: (name, tag) => tags[`${name}@${tag}`],
});
const world: World = { "a@1.0.0": {}, "a@1.1.0": {}, "a@1.2.0": { published: NOW - 60_000 }, "a@2.0.0": {} };

describe("preferred versions (R71)", () => {
  const solved = (range: string, preferred: PreferredVersions, options = {}): Promise<string[]> =>
    idsOf(solve(world, { dependencies: { a: range } }, { options: { preferred, ...options } }));

  it("stay where they meet the range, the highest of them", async ({ expect }) => {
    expect(await solved("^1", prefer({ a: ["1.0.0"] }))).toEqual(["a@1.0.0"]);
    expect(await solved("^1", prefer({ a: ["1.0.0", "1.1.0"] }))).toEqual(["a@1.1.0"]);
    expect(await solved("^2", prefer({ a: ["1.0.0"] }))).toEqual(["a@2.0.0"]);
    expect(await solved("latest", prefer({ a: ["1.0.0"] }))).toEqual(["a@2.0.0"]);
    expect(await solved("latest", prefer({}, { "a@latest": "1.1.0" }))).toEqual(["a@1.1.0"]);
  });

  it("may be younger than the minimum age, not than the cut-off date; those that are gone are passed over", async ({
    expect,
  }) => {
    expect(await solved("^1", prefer({ a: ["1.2.0"] }))).toEqual(["a@1.2.0"]);
    expect(await solved("^1", prefer({ a: ["1.2.0"] }), { before: NOW - 3_600_000 })).toEqual(["a@1.1.0"]);
    expect(await solved("^1", prefer({ a: ["1.0.7"] }))).toEqual(["a@1.1.0"]);
  });
});

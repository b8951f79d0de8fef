import { describe, it } from "vitest";
import type { PackageReport } from "../../../../src/loader.ts";
import type { FakePackage } from "../../../fixtures/fake-registry.ts";
import { createEdgeNetwork, EDGE } from "../../../fixtures/edge-network.ts";

/** Five packages one below the other, and one that all of them need. */
const CHAIN: readonly FakePackage[] = [
  ...["a", "b", "c", "d"].map((name, depth) => ({
    manifest: { name, version: "1.0.0", dependencies: { [next(name)]: "^1.0.0", shared: "^2.0.0" } },
    files: {
      "index.js": `const { value } = require("${next(name)}");\nexports.value = [${depth}, ...value, require("shared").mark];`,
      "unused.js": "exports.no = 1;",
    },
  })),
  { manifest: { name: "e", version: "1.2.3", type: "module" }, files: { "index.js": "export const value = ['e'];" } },
  { manifest: { name: "shared", version: "2.0.0" }, files: { "index.js": "exports.mark = 's';" } },
];

function next(name: string): string {
  return String.fromCharCode(name.charCodeAt(0) + 1);
}

const PROJECT = {
  entry: "/main.ts",
  files: { "/main.ts": `import { value } from "a@^1";\nexport const all: string[] = value;` },
};

describe("POST /graph", () => {
  it("R60: gives a program of any depth in one round trip, the same to the digest as a registry does", async ({
    expect,
  }) => {
    const network = await createEdgeNetwork(CHAIN);
    const client = network.client();
    const program = await client.loader().load(PROJECT);
    expect(client.requests).toEqual([`${EDGE}graph`]);
    const alone = network.client();
    const without = await alone.registryLoader().load(PROJECT);
    expect(alone.requests.length).toBeGreaterThan(10);
    expect(program.lockfile).toBe(without.lockfile);
    expect(program.image).toEqual(without.image);
    const fromNowhere = (packages: readonly PackageReport[]) => packages.map((report) => ({ ...report, source: "" }));
    expect(fromNowhere(program.packages)).toEqual(fromNowhere(without.packages));
    expect(new Set(program.packages.map(({ source }) => source))).toEqual(new Set(["edge"]));
  });
});

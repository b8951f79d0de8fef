import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { CLIENTS, clientNamed, type Place, runClient } from "./clients.ts";
import { startTestEdge, type TestEdge } from "./edge.ts";

let edge: TestEdge;
beforeAll(async () => {
  edge = await startTestEdge();
});
afterAll(() => edge.stop());

/** One with a dependency, one with a scope. */
const PROJECT = {
  name: "app",
  version: "1.0.0",
  private: true,
  dependencies: { "is-odd": "^3.0.0", "@sindresorhus/is": "^6.0.0" },
};

function versionOf(place: Place, name: string): string {
  return JSON.parse(readFileSync(join(place.project, "node_modules", name, "package.json"), "utf8")).version;
}

describe("the edge as a registry", () => {
  it.for(CLIENTS)("serves $name", async (client, { expect }) => {
    const place = edge.createPlace(PROJECT);
    const { code, output } = await runClient(client, client.install, place);
    expect(code, output).toBe(0);
    expect(versionOf(place, "is-odd")).toMatch(/^3\./);
    expect(versionOf(place, "@sindresorhus/is")).toMatch(/^6\./);
  });

  it("asked the upstream for every archive once", ({ expect }) => {
    const archives = edge.upstream.requests.filter((line) => line.endsWith(".tgz"));
    expect(archives.toSorted()).toEqual([...new Set(archives)].toSorted());
    expect(archives.length).toBeGreaterThanOrEqual(3);
  });

  it.for(CLIENTS)("serves $name all that has been seen while the upstream is down", async (client, { expect }) => {
    edge.upstream.down = true;
    try {
      const place = edge.createPlace(PROJECT);
      const { code, output } = await runClient(client, client.install, place);
      expect(code, output).toBe(0);
      expect(versionOf(place, "is-odd")).toMatch(/^3\./);
      expect(versionOf(place, "@sindresorhus/is")).toMatch(/^6\./);
    } finally {
      edge.upstream.down = false;
    }
  });

  it("refuses an archive with a flipped byte before the client gets to see it", async ({ expect }) => {
    edge.upstream.flipped = "left-pad";
    const npm = clientNamed("npm");
    const place = edge.createPlace({ name: "app", dependencies: { "left-pad": "1.3.0" } });
    const refused = await runClient(npm, [...npm.install, "--fetch-retries=0"], place);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("502");
    expect(refused.output).not.toContain("EINTEGRITY");
    edge.upstream.flipped = undefined;
    expect((await runClient(npm, npm.install, place)).code).toBe(0);
  });
});

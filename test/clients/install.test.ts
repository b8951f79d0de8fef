import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { CLIENTS, clientNamed, type Place, runClient } from "./clients.ts";
import { ADMIN_SECRET, startTestEdge, type TestEdge } from "./edge.ts";

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

  it("makes one upstream request for each thing of 200 clients that want a cold package at once", async ({
    expect,
  }) => {
    const before = edge.upstream.requests.length;
    const wanted = ["is-even", "is-even/-/is-even-1.0.0.tgz"];
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const headers = { accept: "application/vnd.npm.install-v1+json" };
        const response = await fetch(edge.registry + (wanted[index % 2] ?? ""), { headers });
        return { status: response.status, size: (await response.arrayBuffer()).byteLength };
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ size }) => size)).size).toBe(2);
    expect(edge.upstream.requests.slice(before)).toEqual(["GET /is-even", "GET /is-even/-/is-even-1.0.0.tgz"]);
  });

  it("tells its operator how it is", async ({ expect }) => {
    const origin = new URL("/", edge.registry);
    expect(await (await fetch(new URL("healthz", origin))).json()).toEqual({ status: "ok" });
    expect((await fetch(new URL("metrics", origin))).status).toBe(401);
    const headers = { authorization: `Bearer ${ADMIN_SECRET}` };
    const text = await (await fetch(new URL("metrics", origin), { headers })).text();
    expect(text).toMatch(/raya_requests_total\{route="npm archive",status="200",source="edge",isolate="\w+"\} \d+/);
    expect(text).toMatch(/raya_upstream_requests_total\{isolate="\w+"\} \d+/);
    const body = JSON.stringify({ package: "is-odd" });
    expect((await fetch(new URL("purge", origin), { method: "POST", headers, body })).status).toBe(200);
    const asked = edge.upstream.requests.length;
    await fetch(`${edge.registry}is-odd`);
    expect(edge.upstream.requests.slice(asked)).toEqual(["GET /is-odd"]);
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

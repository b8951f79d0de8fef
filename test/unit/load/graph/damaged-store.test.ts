import { describe, it } from "vitest";
import { createEdgeNetwork, EDGE } from "../../../fixtures/edge-network.ts";

const FILES = { "index.js": `module.exports = "good";` };
const PACKAGES = [
  { manifest: { name: "small", version: "1.0.0" }, files: FILES },
  { manifest: { name: "large", version: "1.0.0" }, files: { ...FILES, "big.txt": "x".repeat(100_000) } },
];
const PROJECT = { entry: "/main.js", files: { "/main.js": `import "small"; import "large";` } };

describe("what an edge has sent", () => {
  it("R105: that is damaged in the store is thrown away and fetched again", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const settings = { sourceMaps: true };
    const first = await client.loader(settings).load(PROJECT);
    await first.kept;
    const keys = [...new Set(client.stored)];
    const digests = async () => Promise.all(keys.map(async (key) => (await client.host.records.read(key))?.digest));
    const before = await digests();
    for (const digest of before) {
      const bytes = await client.host.bytes.get(digest ?? "");
      if (bytes === undefined) continue;
      await client.host.bytes.delete(digest ?? "");
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      await client.host.bytes.put(digest ?? "", bytes);
    }
    const again = await client.loader(settings).load(PROJECT, { lockfile: first.lockfile });
    await again.kept;
    expect(again.image).toEqual(first.image);
    expect(again.packages.map(({ source }) => source)).not.toContain("browser");
    expect((await digests()).map((digest, place) => `${keys[place]} ${digest}`)).toEqual(
      before.map((digest, place) => `${keys[place]} ${digest}`),
    );
    expect(client.requests[0]).toBe(`${EDGE}graph`);
  });
});

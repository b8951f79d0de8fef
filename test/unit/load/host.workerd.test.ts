import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createWorkerdHost } from "../../../src/platform/workerd/host.ts";
import { createLoader } from "../../../src/loader.ts";
import { BASE, createFakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";

describe("workerd host", () => {
  it("loads and links a program, keeps it in KV, and says that it cannot run it", async ({ expect }) => {
    const registry = await createFakeRegistry([
      { manifest: { name: "in-kv", version: "1.0.0" }, files: { "index.js": "exports.a = 1;" } },
    ]);
    const host = { ...createWorkerdHost(env.RAYA_KV), fetch: (url: string) => registry.host.fetch(url) };
    const loader = createLoader(host, { registry: REGISTRY, base: BASE });
    const project = { entry: "/main.ts", files: { "/main.ts": 'import { a } from "in-kv"; console.log(a);' } };
    const { lockfile, image } = await loader.load(project);
    expect(image.modules.map((module) => module.kind)).toEqual(["script"]);
    registry.requests.length = 0;
    await loader.load(project, { lockfile });
    expect(registry.requests).toEqual([]);
    await expect(loader.run(project, { lockfile })).rejects.toMatchObject({ code: "ERR_EVALUATE_UNAVAILABLE" });
  });
});

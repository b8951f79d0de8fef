import { describe, it } from "vitest";
import { errorOf } from "../fake-upstream.ts";
import { ADMIN, createFakeRegistry, createPublication, type FakeRegistry } from "./fake-registry.ts";

const NAME = "@acme/lib";
const PACKAGE = `/packages/${NAME}`;

async function createPublished(versions: readonly string[]): Promise<FakeRegistry> {
  const registry = createFakeRegistry();
  for (const version of versions) {
    const tag = version.includes("-") ? "beta" : "latest";
    const { document } = await createPublication(NAME, version, { tag });
    await registry.send("PUT", "/npm/@acme%2flib", document, ADMIN);
  }
  return registry;
}

async function readJson(registry: FakeRegistry, path: string): Promise<Record<string, Record<string, unknown>>> {
  return (await registry.get(path, { headers: ADMIN })).json();
}

describe("yanking", () => {
  it("hides a version from those who choose, and leaves it to those who have locked it", async ({ expect }) => {
    const registry = await createPublished(["1.0.0", "1.1.0", "2.0.0-beta.1"]);
    const yank = await registry.send("PUT", `${PACKAGE}/1.1.0/yank`, { reason: "breaks everything" }, ADMIN);
    expect(await yank.json()).toEqual({ name: NAME, version: "1.1.0", yanked: "breaks everything" });
    const npm = await readJson(registry, "/npm/@acme%2flib");
    expect(Object.keys(npm["versions"] ?? {})).toEqual(["1.0.0", "2.0.0-beta.1"]);
    expect(npm["dist-tags"]).toEqual({ beta: "2.0.0-beta.1", latest: "1.0.0" });
    expect(await readJson(registry, "/npm/-/package/@acme%2flib/dist-tags")).toEqual({
      beta: "2.0.0-beta.1",
      latest: "1.0.0",
    });
    expect((await readJson(registry, "/npm/-/v1/search?text=lib"))["objects"]).toMatchObject([
      { package: { version: "1.0.0" } },
    ]);
    for (const path of ["/npm/@acme/lib/-/lib-1.1.0.tgz", `${PACKAGE}/1.1.0/download`])
      expect((await registry.get(path, { headers: ADMIN })).status).toBe(200);
    expect(await readJson(registry, `${PACKAGE}/1.1.0`)).toMatchObject({ yanked: "breaks everything" });
    expect((await readJson(registry, PACKAGE))["versions"]).toMatchObject({ "1.1.0": { yanked: "breaks everything" } });
    expect((await readJson(registry, PACKAGE))["tags"]).toEqual({ beta: "2.0.0-beta.1", latest: "1.0.0" });
  });

  it("can be taken back, and is no way to publish a version again", async ({ expect }) => {
    const registry = await createPublished(["1.0.0"]);
    await registry.send("PUT", `${PACKAGE}/1.0.0/yank`, {}, ADMIN);
    expect(await readJson(registry, "/npm/@acme%2flib")).toMatchObject({ "dist-tags": {}, versions: {} });
    const { document } = await createPublication(NAME, "1.0.0", { text: "another" });
    expect((await registry.send("PUT", "/npm/@acme%2flib", document, ADMIN)).status).toBe(409);
    expect((await registry.get(`${PACKAGE}/1.0.0/yank`, { method: "DELETE", headers: ADMIN })).status).toBe(200);
    expect(await readJson(registry, "/npm/@acme%2flib")).toMatchObject({
      "dist-tags": { latest: "1.0.0" },
      versions: { "1.0.0": {} },
    });
  });
});

describe("changes", () => {
  it("M64, R104: set and remove tags", async ({ expect }) => {
    const registry = await createPublished(["1.0.0", "1.1.0"]);
    const tagged = await registry.send("PUT", `${PACKAGE}/tags/stable`, { version: "1.0.0" }, ADMIN);
    expect(await tagged.json()).toEqual({ name: NAME, tag: "stable", version: "1.0.0" });
    expect(await readJson(registry, `${PACKAGE}/tags`)).toEqual({ latest: "1.1.0", stable: "1.0.0" });
    expect((await registry.get(`${PACKAGE}/tags/stable`, { method: "DELETE", headers: ADMIN })).status).toBe(200);
    expect(await readJson(registry, `${PACKAGE}/tags`)).toEqual({ latest: "1.1.0" });
    const WRONG: [tag: string, body: object, code: string][] = [
      ["v1", { version: "1.0.0" }, "ERR_REQUEST_INVALID"],
      ["next", { version: "9.0.0" }, "ERR_VERSION_NOT_FOUND"],
      ["next", {}, "ERR_REQUEST_INVALID"],
    ];
    for (const [tag, body, code] of WRONG)
      expect((await errorOf(await registry.send("PUT", `${PACKAGE}/tags/${tag}`, body, ADMIN))).code).toBe(code);
  });

  it("deprecate a version, for npm's clients too", async ({ expect }) => {
    const registry = await createPublished(["1.0.0"]);
    await registry.send("PUT", `${PACKAGE}/1.0.0/deprecation`, { message: "use 2" }, ADMIN);
    expect(await readJson(registry, `${PACKAGE}/1.0.0`)).toMatchObject({ deprecated: "use 2" });
    expect((await readJson(registry, "/npm/@acme%2flib"))["versions"]).toMatchObject({
      "1.0.0": { deprecated: "use 2" },
    });
    await registry.get(`${PACKAGE}/1.0.0/deprecation`, { method: "DELETE", headers: ADMIN });
    expect(await readJson(registry, `${PACKAGE}/1.0.0`)).not.toHaveProperty("deprecated");
    const empty = await registry.send("PUT", `${PACKAGE}/1.0.0/deprecation`, {}, ADMIN);
    expect((await errorOf(empty)).code).toBe("ERR_REQUEST_INVALID");
  });

  it("are for those who may publish the package, and for this edge's own", async ({ expect }) => {
    const registry = await createPublished(["1.0.0"]);
    const reader = await registry.login("ann", ["read"]);
    for (const path of [`${PACKAGE}/1.0.0/yank`, `${PACKAGE}/1.0.0/deprecation`, `${PACKAGE}/tags/next`]) {
      const body = { version: "1.0.0", message: "no", reason: "no" };
      expect((await registry.send("PUT", path, body)).status).toBe(401);
      expect((await registry.send("PUT", path, body, reader)).status).toBe(403);
      expect((await registry.send("PUT", path.replace(NAME, "react"), body, ADMIN)).status).toBe(403);
      expect((await registry.send("PUT", path, "text", ADMIN)).status).toBe(400);
    }
    expect(await readJson(registry, `${PACKAGE}/1.0.0`)).not.toHaveProperty("yanked");
  });
});

describe("R125: a search in the Raya protocol", () => {
  it("finds what is published here and what the upstream has", async ({ expect }) => {
    const registry = createFakeRegistry((url) =>
      url.pathname.endsWith("/v1/search")
        ? Response.json({ objects: [{ package: { name: "react", version: "19.0.0" } }, "odd"], total: 1, time: "now" })
        : undefined,
    );
    await registry.send("PUT", "/npm/@acme%2flib", (await createPublication(NAME, "1.0.0")).document, ADMIN);
    expect(await readJson(registry, "/search?q=lib&size=5&from=0")).toEqual({
      packages: [
        {
          name: NAME,
          version: "1.0.0",
          description: "The @acme/lib",
          keywords: ["test"],
          published_at: expect.any(String),
          published_by: "admin",
        },
        { name: "react", version: "19.0.0", description: "", keywords: [] },
      ],
      total: 2,
    });
    const anonymous: { packages: object[] } = await (await registry.get("/search?q=lib")).json();
    expect(anonymous.packages).toMatchObject([{ name: "react" }]);
    for (const query of ["", "?q=", "?q=x&size=1000", "?q=x&from=-1"])
      expect((await errorOf(await registry.get(`/search${query}`))).code).toBe("ERR_REQUEST_INVALID");
  });
});

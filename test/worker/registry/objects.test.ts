import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { createR2Objects } from "../../../worker/registry/r2-objects.ts";
import { textBytes } from "../fake-upstream.ts";
import { ADMIN, createFakeRegistry, createPublication } from "./fake-registry.ts";
import { createMemoryObjects } from "./memory-objects.ts";

/** The contract, which the store of the tests keeps as well as R2. */
describe.for([
  ["R2", () => createR2Objects(env.RAYA_R2)],
  ["memory", createMemoryObjects],
] as const)("objects in %s", ([name, create]) => {
  it("are written over nothing by exactly one of many", async ({ expect }) => {
    const objects = create();
    const writers = Array.from({ length: 10 }, (_, index) => textBytes(String(index)));
    const won = await Promise.all(writers.map((bytes) => objects.put(`${name}/one`, bytes, { over: "nothing" })));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await objects.get(`${name}/one`))?.bytes).toEqual(writers[won.indexOf(true)]);
  });

  it("are written over the state that was read by exactly one of many", async ({ expect }) => {
    const objects = create();
    await objects.put(`${name}/two`, textBytes("old"));
    const etag = (await objects.get(`${name}/two`))?.etag ?? "";
    const won = await Promise.all(
      ["a", "b", "c"].map((text) => objects.put(`${name}/two`, textBytes(text), { over: { etag } })),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    await objects.delete(`${name}/two`);
    expect(await objects.put(`${name}/two`, textBytes("late"), { over: { etag } })).toBe(false);
    expect(await objects.get(`${name}/two`)).toBeUndefined();
  });

  it("are listed by prefix, with their summaries", async ({ expect }) => {
    const objects = create();
    await objects.put(`${name}/list/@acme/a`, textBytes("1"), { summary: { version: "1.0.0" } });
    await objects.put(`${name}/list/b`, textBytes("2"));
    await objects.put(`${name}/other`, textBytes("3"));
    expect(await objects.list(`${name}/list/`)).toEqual([
      { key: `${name}/list/@acme/a`, summary: { version: "1.0.0" } },
      { key: `${name}/list/b`, summary: {} },
    ]);
  });
});

describe("publishing to R2", () => {
  it("has one winner of a version, and both of two versions", async ({ expect }) => {
    const registry = createFakeRegistry(
      () => undefined,
      {},
      { ...createMemoryObjects(), ...createR2Objects(env.RAYA_R2) },
    );
    const publish = async (version: string, text: string): Promise<number> => {
      const { document } = await createPublication("@acme/r2", version, { text });
      return (await registry.send("PUT", "/npm/@acme%2fr2", document, ADMIN)).status;
    };
    const same = await Promise.all(["one", "two", "three"].map((text) => publish("1.0.0", text)));
    expect(same.toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
    expect(await Promise.all([publish("1.1.0", "x"), publish("1.2.0", "x")])).toEqual([201, 201]);
    const search = await registry.get("/npm/-/v1/search?text=r2", { headers: ADMIN });
    expect(await search.json()).toMatchObject({
      objects: [{ package: { name: "@acme/r2", description: "The @acme/r2" } }],
    });
  });
});

import { describe, it } from "vitest";
import { createMemoryCache } from "../../worker/memory-cache.ts";
import { createFakeEdge, createPackage, registryOf } from "./fake-upstream.ts";

describe("the memory of an isolate", () => {
  it("holds as many bytes as it may, and forgets what was used longest ago", ({ expect }) => {
    const cache = createMemoryCache(40);
    for (const key of ["a", "b", "c", "d"]) cache.set(key, { key }, 10);
    cache.get("a");
    cache.set("e", { key: "e" }, 10);
    expect(["a", "b", "c", "d", "e"].filter((key) => cache.get(key) !== undefined)).toEqual(["a", "c", "d", "e"]);
    expect(cache.size).toBe(40);
    cache.set("large", {}, 11);
    expect(cache.get("large")).toBeUndefined();
    cache.set("a", { key: "new" }, 5);
    expect(cache.get("a")).toEqual({ key: "new" });
    cache.delete("a");
    expect(cache.size).toBe(30);
  });

  it("answers what was checked once without asking the store again", async ({ expect }) => {
    const react = createPackage("react", "19.0.0");
    const edge = createFakeEdge(registryOf(react), { memoryBytes: 1_000_000 });
    const paths = ["/npm/react", "/npm/react/-/react-19.0.0.tgz"];
    for (const path of paths) await edge.get(path);
    edge.ports.bytes.get = () => Promise.reject(new Error("asked"));
    edge.ports.records.read = () => Promise.reject(new Error("asked"));
    for (const path of paths) {
      const response = await edge.get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("raya-source")).toBe("edge");
    }
    // A packument is asked for again when its minute is over.
    edge.pass(60_000);
    expect((await edge.get("/npm/react")).status).toBe(500);
  });
});

import { afterEach, describe, it, vi } from "vitest";
import { createBrowserHost } from "../../../src/platform/browser/host.ts";

describe("a page's requests", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("go without the visitor's cookies, whatever a program imports; questions of the page's own go as the page's", async ({
    expect,
  }) => {
    const sent: unknown[] = [];
    vi.stubGlobal("fetch", async (_url: string, { credentials }: RequestInit) => {
      sent.push(credentials);
      return new Response();
    });
    const host = createBrowserHost();
    await host.fetch("/account", { credentials: "include" });
    await host.fetch("/graph", { method: "POST", body: "{}" });
    expect(sent).toEqual(["omit", "same-origin"]);
  });
});

describe("a page's cache", () => {
  it("R110: has a name, and is no other's", async ({ expect }) => {
    const [mine, yours] = [crypto.randomUUID(), crypto.randomUUID()].map((cache) => createBrowserHost({ cache }));
    await mine?.bytes.put("key", Uint8Array.of(1));
    expect(await yours?.bytes.get("key")).toBeUndefined();
    expect(await mine?.bytes.get("key")).toEqual(Uint8Array.of(1));
  });

  it("R111: knows what the browser leaves it", async ({ expect }) => {
    const { usage, quota } = (await createBrowserHost().estimate?.()) ?? { usage: 1, quota: 0 };
    expect(usage).toBeLessThan(quota);
  });
});

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

import { describe, it, vi } from "vitest";
import { runRaya } from "../../../scripts/raya/run-raya.ts";
import { createFakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";

describe("raya docs", () => {
  it("M68: prints a section", async ({ expect, onTestFinished }) => {
    const files = { "README.md": "# Logging\n\n## tldr\n\nshort\n\n## more\n" };
    const { host } = await createFakeRegistry([{ manifest: { name: "logging", version: "1.0.0" }, files }]);
    vi.stubGlobal("fetch", (url: string) => host.fetch(url));
    const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const told = vi.spyOn(console, "error").mockReturnValue();
    onTestFinished(() => {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    });
    expect(await runRaya(["docs", "logging#tldr", "--registry", REGISTRY])).toBe(0);
    expect(printed.mock.calls).toEqual([["## tldr\n\nshort\n"]]);
    expect(await runRaya(["docs"])).toBe(1);
    expect(await runRaya(["docs", "logging#nothing", "--registry", REGISTRY])).toBe(1);
    expect(told.mock.calls.at(-1)?.[0]).toContain("it has: Logging, tldr, more");
  });
});

import { describe, it } from "vitest";
import { createPublicFetch } from "../../../worker/public-fetch.ts";

describe("what asks the upstream registry by itself", () => {
  it("asks for no private package, however its name is written", async ({ expect }) => {
    const asked: string[] = [];
    const registry = "https://registry.test/npm/";
    const fetch = createPublicFetch({
      registry,
      privateScopes: ["@acme"],
      fetch: async (url) => {
        asked.push(url);
        return new Response("");
      },
    });
    for (const path of ["@acme%2flib", "@acme/lib/-/lib-1.0.0.tgz", "%40acme%2Flib", "@ACME%2flib"])
      await expect(fetch(registry + path)).rejects.toMatchObject({ code: "ERR_FORBIDDEN" });
    const open = [`${registry}react`, `${registry}@acme-open%2flib`, "https://cdn.test/@acme/lib.js"];
    for (const url of open) await fetch(url);
    expect(asked).toEqual(open);
  });
});

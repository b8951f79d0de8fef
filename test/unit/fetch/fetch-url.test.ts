import { describe, it } from "vitest";
import { fetchUrlModule } from "../../../src/fetch/fetch-url.ts";
import { digestBytes } from "../../../src/verify/digest.ts";
import { formatIntegrity } from "../../../src/verify/integrity.ts";
import { createFakeNetwork } from "../../fixtures/fake-network.ts";

const URL_A = "https://modules.test/a.js?x=1&y=2";
const code = new TextEncoder().encode("export default 1;\n");
const headers = { "content-type": "text/javascript; charset=utf-8" };
const sha256 = formatIntegrity("sha256", await digestBytes("sha256", code));

describe("fetchUrlModule", () => {
  it("fetches directly; the last URL is the module's", async ({ expect }) => {
    const response = new Response(code, { headers });
    Object.defineProperty(response, "url", { value: "https://modules.test/a@1.2.3.js" });
    const { context, requests } = createFakeNetwork(() => response);
    expect(await fetchUrlModule(context, { url: URL_A })).toEqual({
      bytes: code,
      url: "https://modules.test/a@1.2.3.js",
      contentType: headers["content-type"],
      integrity: sha256,
      source: "upstream",
      version: {},
      isUnchanged: false,
    });
    expect(requests[0]?.url).toBe(URL_A);
  });

  it("goes through the proxy where there is one, which tells the last URL", async ({ expect }) => {
    const resolved = { ...headers, "raya-resolved": "https://modules.test/a@1.2.3.js", "raya-source": "edge" };
    const { context, requests } = createFakeNetwork(() => new Response(code, { headers: resolved }));
    const module = await fetchUrlModule(context, { url: URL_A, proxy: "https://app.test/url?href=" });
    expect(requests[0]?.url).toBe("https://app.test/url?href=https%3A%2F%2Fmodules.test%2Fa.js%3Fx%3D1%26y%3D2");
    expect(module).toMatchObject({ url: "https://modules.test/a@1.2.3.js", source: "edge" });
  });

  it("R16: checks the integrity it is given", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(code, { headers }));
    expect((await fetchUrlModule(context, { url: URL_A, integrity: sha256 })).bytes).toEqual(code);
    const other = formatIntegrity("sha256", await digestBytes("sha256", new Uint8Array()));
    await expect(fetchUrlModule(context, { url: URL_A, integrity: other })).rejects.toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      details: { expected: other, actual: sha256, size: code.length, url: URL_A },
    });
  });

  it.for(["text/html", "text/html; charset=utf-8", "TEXT/HTML", "application/xhtml+xml"])(
    "refuses %s: a web page is no module",
    async (type, { expect }) => {
      const { context, requests } = createFakeNetwork(
        () => new Response("<html>", { headers: { "content-type": type } }),
      );
      const fetching = fetchUrlModule(context, { url: URL_A, referrer: "/main.ts:2:8" });
      await expect(fetching).rejects.toMatchObject({
        code: "ERR_UNEXPECTED_TYPE",
        details: { specifier: URL_A, referrer: "/main.ts:2:8", actual: type },
      });
      expect(requests).toHaveLength(1);
    },
  );

  it("names the URL that is not there, and who asked for it", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(null, { status: 404 }));
    const fetching = fetchUrlModule(context, { url: URL_A, referrer: "/main.ts:2:8" });
    await expect(fetching).rejects.toMatchObject({
      code: "ERR_FETCH_STATUS",
      details: { status: 404, url: URL_A, referrer: "/main.ts:2:8" },
    });
  });

  it("takes no more than the limit for modules", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(code, { headers }), { urlModuleBytes: 10 });
    await expect(fetchUrlModule(context, { url: URL_A })).rejects.toMatchObject({
      code: "ERR_SIZE_LIMIT",
      details: { limit: 10 },
    });
  });

  it.for([
    "file:///etc/passwd",
    "data:text/javascript,1",
    "blob:https://a.test/1",
    "javascript:1",
    "ftp://a.test/b.js",
    "a.js",
    "",
  ])('does not fetch "%s"', async (url, { expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(code));
    const fetching = fetchUrlModule(context, { url });
    await expect(fetching).rejects.toMatchObject({
      code: "ERR_UNSUPPORTED_ESM_URL_SCHEME",
      details: { specifier: url },
    });
    expect(requests).toEqual([]);
  });

  it("says the type as the server gave it, or nothing", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(code));
    expect((await fetchUrlModule(context, { url: URL_A })).contentType).toBe("");
  });
});

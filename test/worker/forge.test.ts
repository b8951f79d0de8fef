import { describe, it } from "vitest";
import { pack } from "./registry/fake-registry.ts";
import { createFakeEdge, type Upstream } from "./fake-upstream.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const ORIGINS = { allowedOrigins: ["https://api.github.com", "https://codeload.github.com"] };
const route = (href: string): string => `/url?href=${encodeURIComponent(href)}`;

describe("packages of forges", () => {
  it("come through the edge: which commit a tag is, and the files at that commit", async ({ expect }) => {
    const archive = await pack({ "package.json": '{"name":"lib","version":"1.0.0"}' });
    const upstream: Upstream = (url, request) => {
      // As GitHub does with who does not say what they are.
      if (!request.headers.has("user-agent")) return new Response("who?", { status: 403 });
      if (url.hostname === "api.github.com")
        return Response.json({ sha: COMMIT }, { headers: { "content-type": "application/json; charset=utf-8" } });
      return new Response(archive, { headers: { "content-type": "application/x-gzip" } });
    };
    const edge = createFakeEdge(upstream, ORIGINS);
    const commit = await edge.get(route("https://api.github.com/repos/acme/lib/commits/v1.0.0"));
    expect(await commit.json()).toEqual({ sha: COMMIT });
    for (const source of ["upstream", "edge"]) {
      const files = await edge.get(route(`https://codeload.github.com/acme/lib/tar.gz/${COMMIT}`));
      expect(new Uint8Array(await files.arrayBuffer())).toEqual(archive);
      expect(files.headers.get("content-type")).toBe("application/gzip");
      expect(files.headers.get("raya-source")).toBe(source);
    }
  });
});

import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { mountRun } from "../../../worker/run/mount-run.ts";
import type { RunAccess } from "../../../worker/run/admit-caller.ts";
import { createProgramRunner, type RunResult } from "../../../worker/run/program-runner.ts";
import { createEdgeApp } from "../../../worker/app.ts";
import { createFakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";
import { createFakeEdge, errorOf } from "../fake-upstream.ts";
import { answering } from "./running.ts";

const PACK = {
  manifest: { name: "pack", version: "1.0.0", type: "module" },
  files: { "index.js": "export const a = 20;" },
};
const TOKEN: RunAccess = { token: "a-token" };
const project = {
  entry: "/main.ts",
  files: {
    "/main.ts": answering("[a + 2, request.method, request.url, await request.text()]", 'import { a } from "pack";'),
  },
};

/** An edge that runs programs; what a `POST /run` with a body answers. */
async function createRunner(access: RunAccess = TOKEN) {
  const { host } = await createFakeRegistry([PACK]);
  const run = createProgramRunner({ host, registry: REGISTRY, isolates: env.LOADER, limits: { subRequests: 0 } });
  const app = createEdgeApp(createFakeEdge(() => undefined).ports, (mounted) => mountRun(mounted, run, access));
  return async (body: unknown, headers: Record<string, string> = { authorization: "Bearer a-token" }) =>
    app.request("https://edge.test/run", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
}

describe("POST /run", () => {
  it("answers with what the program answered, and the lockfile of what ran", async ({ expect }) => {
    const run = await createRunner();
    const request = { method: "PUT", path: "/a?b", body: "sent" };
    const response = await run({ ...project, request });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const result: RunResult = await response.json();
    expect(JSON.parse(result.response.body)).toEqual([22, "PUT", "https://edge.test/a?b", "sent"]);
    expect(result.response).toMatchObject({ status: 200, encoding: "utf-8" });
    expect(result.lockfile).toContain("pack");
    const again: RunResult = await (await run({ ...project, request, lockfile: result.lockfile })).json();
    expect(again.id).toBe(result.id);
  });

  it("tells a program's page as text, and its bytes as base64", async ({ expect }) => {
    const run = await createRunner();
    const html =
      "export default { fetch: () => new Response('<script>', { headers: { 'content-type': 'text/html', 'x-a': 'b' } }) }";
    const page: RunResult = await (await run({ entry: "/a.js", files: { "/a.js": html } })).json();
    expect(page.response.body).toBe("<script>");
    expect(page.response.headers).toContainEqual(["x-a", "b"]);
    const bytes = "export default { fetch: () => new Response(new Uint8Array([255, 0])) }";
    const binary: RunResult = await (await run({ entry: "/a.js", files: { "/a.js": bytes } })).json();
    expect(binary.response).toMatchObject({ body: "/wA=", encoding: "base64" });
  });

  it("tells what goes wrong in the program, with its place", async ({ expect }) => {
    const run = await createRunner();
    const files = { "/a.ts": "export default {\n  fetch(): Response {\n    throw new Error('no');\n  },\n};" };
    const error = await errorOf(await run({ entry: "/a.ts", files }));
    expect(error).toMatchObject({ code: "ERR_EVALUATION_FAILED", details: { line: 3 } });
    expect(error.details.file).toBe("https://edge.test/~/project/a.ts");
    expect(await errorOf(await run({ entry: "/a.ts", files: { "/a.ts": "import 'nowhere';" } }))).toMatchObject({
      code: "ERR_PACKAGE_NOT_FOUND",
    });
  });

  it("lets nobody in without the token", async ({ expect }) => {
    const run = await createRunner();
    for (const headers of [
      { authorization: "" },
      { authorization: "Bearer a-toke" },
      { authorization: "Bearer a-token2" },
      { authorization: "a-token" },
    ]) {
      const response = await run(project, headers);
      expect(response.status).toBe(401);
      expect(await errorOf(response)).toMatchObject({ code: "ERR_AUTH_REQUIRED" });
    }
  });

  it("without a token, as often as the limit allows, counted by address", async ({ expect }) => {
    const counts = new Map<string, number>();
    const limiter = {
      limit: async ({ key }: { key: string }) => {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return { success: (counts.get(key) ?? 0) <= 1 };
      },
    };
    const run = await createRunner({ token: "", limiter });
    const from = (address: string) => run(project, { "cf-connecting-ip": address });
    expect((await from("192.0.2.1")).status).toBe(200);
    expect((await from("192.0.2.1")).status).toBe(429);
    expect((await from("192.0.2.2")).status).toBe(200);
  });

  it("for nobody, where there is neither", async ({ expect }) => {
    const run = await createRunner({ token: "" });
    expect(await errorOf(await run(project))).toMatchObject({ code: "ERR_EDGE_CONFIGURATION" });
  });

  it("is not there, unless it is switched on", async ({ expect }) => {
    const app = createEdgeApp(createFakeEdge(() => undefined).ports);
    expect((await app.request("https://edge.test/run", { method: "POST" })).status).toBe(405);
  });

  it("refuses what it cannot read", async ({ expect }) => {
    const run = await createRunner();
    const authorization = "Bearer a-token";
    const wrong = [
      "no JSON",
      "[]",
      {},
      { files: { "/a.js": 1 }, entry: "/a.js" },
      { files: { "/a.js": "" }, entry: "/b.js" },
      { files: { "/a.js": "" }, entry: "/a.js", mode: "other" },
      { files: { "/a.js": "" }, entry: "/a.js", request: { path: "https://evil.test/" } },
      { files: { "/a.js": "" }, entry: "/a.js", request: { method: "GET x" } },
    ];
    for (const body of wrong) expect(await errorOf(await run(body))).toMatchObject({ code: "ERR_REQUEST_INVALID" });
    const plain = await run(project, { authorization, "content-type": "text/plain" });
    expect(await errorOf(plain)).toMatchObject({ code: "ERR_REQUEST_INVALID" });
    const large = await run({ files: { "/a.js": "x".repeat(3 * 1024 * 1024) }, entry: "/a.js" });
    expect(large.status).toBe(413);
  });

  it("keeps a program to the edge's own address: `//` is no other host", async ({ expect }) => {
    const run = await createRunner();
    const files = { "/a.js": answering("request.url") };
    const response = await run({ entry: "/a.js", files, request: { path: "//evil.test/x" } });
    const result: RunResult = await response.json();
    expect(JSON.parse(result.response.body)).toBe("https://edge.test//evil.test/x");
  });
});

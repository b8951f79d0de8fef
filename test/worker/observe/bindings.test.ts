import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import type { Env } from "../../../worker/env.ts";
import worker from "../../../worker/index.ts";
import { errorOf } from "../fake-upstream.ts";

const points: AnalyticsEngineDataPoint[] = [];
/** Who has asked too often. */
const refused = { login: new Set<string>(), other: new Set<string>() };

const limit = (kind: keyof typeof refused): RateLimit => ({
  limit: async ({ key }) => ({ success: !refused[kind].has(key) }),
});

const bindings: Env = {
  ...env,
  UPSTREAM_REGISTRY: "https://registry.test/",
  ALLOWED_ORIGINS: "",
  PUBLIC_ORIGIN: "",
  PRIVATE_SCOPES: "@acme",
  RUN_PROGRAMS: "",
  LOGIN_LIMIT: limit("login"),
  REQUEST_LIMIT: limit("other"),
  RAYA_ANALYTICS: { writeDataPoint: (point = {}) => void points.push(point) },
};

async function ask(path: string, client: string, method = "GET"): Promise<Response> {
  const headers = { "cf-connecting-ip": client };
  return worker.fetch(new Request(`https://edge.test${path}`, { method, headers }), bindings);
}

describe("the worker with its bindings", () => {
  it("tells Analytics Engine of every request, by words that are no names", async ({ expect }) => {
    await ask("/npm/@acme%2fsecret-name", "1.2.3.4");
    await ask("/healthz", "1.2.3.4");
    expect(points).toEqual([
      {
        indexes: ["npm metadata"],
        blobs: ["npm metadata", "GET", "401", "", "ERR_AUTH_REQUIRED"],
        doubles: [1, expect.any(Number), 0],
      },
      { indexes: ["healthz"], blobs: ["healthz", "GET", "200", "", ""], doubles: [1, expect.any(Number), 0] },
    ]);
    expect(JSON.stringify(points)).not.toMatch(/secret-name|1\.2\.3\.4/);
  });

  it("refuses the one address that has asked too often, and logins apart from the rest", async ({ expect }) => {
    refused.other.add("6.6.6.6");
    const tooMany = await ask("/healthz", "6.6.6.6");
    expect([tooMany.status, tooMany.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await errorOf(tooMany)).code).toBe("ERR_RATE_LIMITED");
    expect((await ask("/healthz", "1.2.3.4")).status).toBe(200);
    refused.login.add("1.2.3.4");
    expect((await ask("/npm/-/v1/login", "1.2.3.4", "POST")).status).toBe(429);
    expect((await ask("/healthz", "1.2.3.4")).status).toBe(200);
    expect((await ask("/npm/-/v1/login", "5.5.5.5", "POST")).status).toBe(200);
  });
});

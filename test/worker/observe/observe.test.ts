import { describe, it } from "vitest";
import { createMetrics } from "../../../worker/observe/metrics.ts";
import { createObserver, type ObserverPorts, type RequestRecord } from "../../../worker/observe/observe.ts";
import { routeName } from "../../../worker/observe/route-name.ts";
import { createPackage, errorOf, registryOf } from "../fake-upstream.ts";
import { ADMIN_SECRET, createFakeRegistry } from "../registry/fake-registry.ts";

const react = createPackage("react", "19.0.0");

function createObserved(changes: Partial<ObserverPorts> = {}) {
  const records: RequestRecord[] = [];
  const metrics = createMetrics("i1");
  const registry = createFakeRegistry(registryOf(react));
  let time = 0;
  const ports: ObserverPorts = {
    metrics,
    now: () => (time += 5),
    record: (request) => void records.push(request),
    isAllowed: async () => true,
    ...changes,
  };
  const handle = createObserver(ports, (request) => registry.get(request.url, request));
  const send = (path: string, init?: RequestInit): Promise<Response> =>
    handle(new Request(`https://edge.test${path}`, init));
  return { records, metrics, registry, send };
}

describe("every request", () => {
  it("has an id, in the answer and in the log, with what came of it", async ({ expect }) => {
    const { records, send } = createObserved();
    const headers = { "cf-ray": "ray-1" };
    const first = await send("/npm/react/-/react-19.0.0.tgz", { headers });
    expect(first.headers.get("raya-request")).toBe("ray-1");
    const second = await send("/npm/nope?x=1");
    expect(second.headers.get("raya-request")).toMatch(/^[0-9a-f-]{36}$/);
    expect(records).toEqual([
      {
        id: "ray-1",
        method: "GET",
        route: "npm archive",
        status: 200,
        source: "upstream",
        code: "",
        ms: 5,
        bytes: react.archive.length,
      },
      {
        id: second.headers.get("raya-request"),
        method: "GET",
        route: "npm metadata",
        status: 404,
        source: "",
        code: "ERR_PACKAGE_NOT_FOUND",
        ms: 5,
        bytes: 0,
      },
    ]);
  });

  it("is counted, by route, status and where the answer came from", async ({ expect }) => {
    const { metrics, send } = createObserved();
    for (const path of ["/npm/react", "/npm/react", "/npm/nope"]) await send(path);
    const text = metrics.render({ memory_bytes: 7 });
    expect(text).toContain('raya_requests_total{route="npm metadata",status="200",source="upstream",isolate="i1"} 1\n');
    expect(text).toContain('raya_requests_total{route="npm metadata",status="200",source="edge",isolate="i1"} 1\n');
    expect(text).toContain('raya_requests_total{route="npm metadata",status="404",source="",isolate="i1"} 1\n');
    expect(text).toContain('# TYPE raya_memory_bytes gauge\nraya_memory_bytes{isolate="i1"} 7\n');
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) raya_\w+ .+|raya_\w+\{(?:\w+="[^"]*",?)+\} \d+)$/);
  });

  it("leaves no secret and no private name in log or metrics, wherever it stands", async ({ expect }) => {
    const { records, metrics, registry, send } = createObserved();
    const { authorization } = await registry.login("ann", ["publish"]);
    const token = authorization.slice("Bearer ".length);
    const { loginUrl, doneUrl } = await (
      await send("/npm/-/v1/login", { method: "POST", body: "{}" })
    ).json<{ loginUrl: string; doneUrl: string }>();
    await send(new URL(loginUrl).pathname);
    await send(new URL(doneUrl).pathname);
    await send("/npm/@acme%2fsecret-project", { headers: { authorization } });
    await send("/npm/-/package/@acme%2fsecret-project/dist-tags", { headers: { authorization } });
    await send(`/npm/-/user/token/${token}`, { method: "DELETE", headers: { authorization } });
    await send(`/npm/nope?token=${token}`, { headers: { authorization: `Bearer ${ADMIN_SECRET}` } });
    await send("/npm/-/user/org.couchdb.user:ann", { method: "PUT", body: JSON.stringify({ password: token }) });
    const written = JSON.stringify(records) + metrics.render({}) + JSON.stringify(registry.events);
    const secrets = [token.split("_").slice(2).join("_"), ADMIN_SECRET, doneUrl.slice(-43), "secret-project"];
    for (const secret of secrets) expect(written).not.toContain(secret);
  });
});

describe("limits", () => {
  it("refuse who sends too much, with the time to wait, before anything is done", async ({ expect }) => {
    const asked: [kind: string, client: string][] = [];
    const { metrics, registry, send } = createObserved({
      async isAllowed(kind, client) {
        asked.push([kind, client]);
        return false;
      },
    });
    const headers = { "cf-connecting-ip": "192.0.2.1" };
    const response = await send("/npm/react", { headers });
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("60");
    expect((await errorOf(response)).code).toBe("ERR_RATE_LIMITED");
    expect(registry.requests).toEqual([]);
    expect(metrics.render({})).toContain('raya_limited_total{kind="other",isolate="i1"} 1');
    const keys: [method: string, path: string, kind: string][] = [
      ["PUT", "/npm/-/user/org.couchdb.user:ann", "login"],
      ["POST", "/npm/-/v1/login", "login"],
      ["POST", "/npm/-/login/0123456789abcdef", "login"],
      ["POST", "/npm/-/npm/v1/tokens", "login"],
      ["GET", "/npm/-/v1/done/0123456789abcdef.x", "other"],
      ["PUT", "/npm/@acme%2flib", "other"],
    ];
    for (const [method, path, kind] of keys) {
      await send(path, { method, headers });
      expect(asked.at(-1)).toEqual([kind, "192.0.2.1"]);
    }
  });
});

describe("the name of a route", () => {
  const NAMES: [path: string, name: string][] = [
    ["/npm/react", "npm metadata"],
    ["/npm/@acme%2flib/1.0.0", "npm metadata"],
    ["/npm/react/-/react-1.0.0.tgz", "npm archive"],
    ["/npm/-/v1/search", "npm/-/v1/search"],
    ["/npm/-/user/token/raya_x", "npm/-/user/token"],
    ["/npm/-/package/@acme%2flib/dist-tags/next", "npm/-/package/dist-tags"],
    ["/rbin/c/react@1.0.0", "rbin"],
    ["/~/react@1.0.0/index.js", "~"],
    ["/url", "url"],
    ["/wp-login.php", "other"],
    ["/", "other"],
  ];
  it.for(NAMES)("of %s is %s", ([path, name], { expect }) => expect(routeName(path)).toBe(name));
});

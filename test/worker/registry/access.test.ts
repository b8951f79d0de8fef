import { describe, it } from "vitest";
import { errorOf } from "../fake-upstream.ts";
import { createAccess } from "../../../worker/access/access.ts";
import { isSecret, hashSecret } from "../../../worker/access/secrets.ts";
import { createTokens } from "../../../worker/access/tokens.ts";
import { ADMIN, ADMIN_SECRET, createFakeRegistry } from "./fake-registry.ts";
import { createMemoryObjects } from "./memory-objects.ts";

const DAY = 24 * 60 * 60_000;
const WHOAMI = "/npm/-/whoami";
const TOKENS = "/npm/-/npm/v1/tokens";
const USER = "/npm/-/user/org.couchdb.user:";

describe("tokens", () => {
  it("are made by the operator's secret alone", async ({ expect }) => {
    const registry = createFakeRegistry();
    const wanted = { user: "ann", scopes: ["publish"], days: 1 };
    for (const headers of [{}, await registry.login("bob", ["publish"]), { authorization: "Bearer wrong" }]) {
      const response = await registry.send("POST", TOKENS, wanted, headers);
      expect([401, 403]).toContain(response.status);
    }
    const response = await registry.send("POST", TOKENS, wanted, ADMIN);
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { token }: { token: string } = await response.json();
    const headers = { authorization: `Bearer ${token}` };
    expect(await (await registry.get(WHOAMI, { headers })).json()).toEqual({ username: "ann" });
  });

  it("are kept as hashes only", async ({ expect }) => {
    const registry = createFakeRegistry();
    const { authorization } = await registry.login("ann", ["publish"]);
    const secret = authorization.split("_").slice(2).join("_");
    expect(secret).toHaveLength(43);
    const kept = [...registry.objects.kept].map(([key, { bytes }]) => key + new TextDecoder().decode(bytes)).join();
    expect(kept).not.toContain(secret);
    expect(kept).toContain(await hashSecret(secret));
    expect(JSON.stringify(registry.events)).not.toContain(secret);
  });

  it("are refused when they are over, revoked, or off by one character", async ({ expect }) => {
    const registry = createFakeRegistry();
    const ann = await registry.login("ann", ["read"], 1);
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await registry.get(WHOAMI, { headers })).status;
    expect(await status(ann)).toBe(200);
    const { authorization } = ann;
    const last = authorization.at(-1) === "A" ? "B" : "A";
    for (const wrong of [
      authorization.slice(0, -1) + last,
      `${authorization}x`,
      authorization.slice(0, -1),
      "Bearer raya_",
    ])
      expect(await status({ authorization: wrong })).toBe(401);
    registry.pass(DAY - 1);
    expect(await status(ann)).toBe(200);
    registry.pass(1);
    expect(await status(ann)).toBe(401);
    const bob = await registry.login("bob", ["read"]);
    await registry.send("DELETE", `/npm/-/user/token/${bob.authorization.slice("Bearer ".length)}`, undefined, bob);
    expect(await status(bob)).toBe(401);
  });

  it("are listed without secrets, and ended, by their owner; the operator sees all", async ({ expect }) => {
    const registry = createFakeRegistry();
    const [ann, bob] = [await registry.login("ann", ["read"]), await registry.login("bob", ["publish"])];
    const list = async (headers: Record<string, string>): Promise<Record<string, unknown>[]> => {
      const { objects }: { objects: Record<string, unknown>[] } = await (
        await registry.get(TOKENS, { headers })
      ).json();
      return objects;
    };
    const [mine] = await list(ann);
    expect(mine).toMatchObject({
      user: "ann",
      scopes: ["read"],
      readonly: true,
      key: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(JSON.stringify(mine)).not.toMatch(/hash|raya_/);
    expect(new Set((await list(ADMIN)).map(({ user }) => user))).toEqual(new Set(["ann", "bob"]));
    const end = async (headers: Record<string, string>): Promise<number> =>
      (await registry.send("DELETE", `${TOKENS}/token/${String(mine?.["key"])}`, undefined, headers)).status;
    expect(await end(bob)).toBe(404);
    expect(await end(ann)).toBe(200);
    expect(await list(ADMIN)).toHaveLength(1);
  });

  it("are not made of nonsense", async ({ expect }) => {
    const registry = createFakeRegistry();
    const WRONG = [
      {},
      { user: "../admin" },
      { user: "ann", scopes: [] },
      { user: "ann", scopes: ["everything"] },
      { user: "ann", scopes: ["read:acme"] },
      { user: "ann", scopes: "read" },
      { user: "ann", days: 0 },
      { user: "ann", days: "1" },
    ];
    for (const body of WRONG)
      expect((await errorOf(await registry.send("POST", TOKENS, body, ADMIN))).code).toBe("ERR_REQUEST_INVALID");
  });
});

describe("secrets", () => {
  it("are compared whole, whatever their length", async ({ expect }) => {
    const hash = await hashSecret("secret");
    expect(await isSecret("secret", hash)).toBe(true);
    for (const wrong of ["", "s", "secre", "secret ", "Secret", "x".repeat(10_000)]) {
      expect(await isSecret(wrong, hash)).toBe(false);
      expect(await isSecret(wrong, "")).toBe(false);
    }
  });

  it("of the operator that can be guessed are no setting", ({ expect }) => {
    const tokens = createTokens(createMemoryObjects(), () => 0);
    expect(() => createAccess(tokens, "short")).toThrow(/ADMIN_SECRET/);
    expect(() => createAccess(tokens, "")).not.toThrow();
  });

  it("that are not set let nobody in", async ({ expect }) => {
    const tokens = createTokens(createMemoryObjects(), () => 0);
    expect(await createAccess(tokens, "").identify("")).toBeUndefined();
  });
});

describe("logging in with name and key", () => {
  it("gives the operator a token for any name, and others one of their own", async ({ expect }) => {
    const registry = createFakeRegistry();
    const enter = async (name: string, password: string): Promise<Response> =>
      registry.send("PUT", `${USER}${name}`, { name, password });
    const first = await enter("ann", ADMIN_SECRET);
    expect(first.status).toBe(201);
    const { token }: { token: string } = await first.json();
    const second = await enter("ann", token);
    const { token: another }: { token: string } = await second.json();
    expect(another).not.toBe(token);
    const headers = { authorization: `Bearer ${another}` };
    expect(await (await registry.get(WHOAMI, { headers })).json()).toEqual({ username: "ann" });
    for (const [name, key] of [
      ["bob", token],
      ["ann", "wrong"],
      ["ann", ""],
      ["ann", `${token}x`],
    ] as const)
      expect((await enter(name, key)).status).toBe(401);
    // What came of the operator's secret does not operate.
    expect((await registry.send("POST", TOKENS, { user: "eve" }, headers)).status).toBe(403);
  });

  it("refuses names that are none", async ({ expect }) => {
    const registry = createFakeRegistry();
    for (const name of ["..%2fadmin", "%zz", "a%20b", "", "a/b", "x".repeat(65), "%3A"]) {
      const response = await registry.send("PUT", USER + name, { password: ADMIN_SECRET });
      expect((await errorOf(response)).code).toBe("ERR_REQUEST_INVALID");
    }
    const encoded = await registry.send("PUT", "/npm/-/user/org.couchdb.user%3Aann", { password: ADMIN_SECRET });
    expect(encoded.status).toBe(201);
  });

  it("gives nothing that outlives the key", async ({ expect }) => {
    const registry = createFakeRegistry();
    const { authorization } = await registry.login("ann", ["read"], 1);
    const password = authorization.slice("Bearer ".length);
    const { token }: { token: string } = await (await registry.send("PUT", `${USER}ann`, { password })).json();
    registry.pass(DAY);
    expect((await registry.get(WHOAMI, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });
});

describe("logging in with a browser", () => {
  const begin = async () => {
    const registry = createFakeRegistry();
    const answer: { loginUrl: string; doneUrl: string } = await (
      await registry.send("POST", "/npm/-/v1/login", { hostname: "box" })
    ).json();
    const confirm = (name: string, key: string, headers: Record<string, string> = {}): Promise<Response> =>
      registry.get(answer.loginUrl, { method: "POST", body: new URLSearchParams({ name, key }), headers });
    return { registry, ...answer, confirm };
  };

  it("ends with one token for the client that began it", async ({ expect }) => {
    const { registry, doneUrl, confirm } = await begin();
    const waiting = await registry.get(doneUrl);
    expect(waiting.status).toBe(202);
    expect(waiting.headers.get("retry-after")).toBe("1");
    expect((await confirm("ann", "wrong")).status).toBe(401);
    expect((await registry.get(doneUrl)).status).toBe(202);
    expect((await confirm("ann", ADMIN_SECRET)).status).toBe(200);
    const answers = await Promise.all([registry.get(doneUrl), registry.get(doneUrl)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410]);
    const done = answers.find(({ status }) => status === 200);
    if (done === undefined) throw new Error("nobody got it");
    const { token }: { token: string } = await done.json();
    const headers = { authorization: `Bearer ${token}` };
    expect(await (await registry.get(WHOAMI, { headers })).json()).toEqual({ username: "ann" });
    expect([...registry.objects.kept.keys()].filter((key) => key.startsWith("npm/logins/"))).toEqual([]);
  });

  it("shows a page that runs nothing, is framed by nobody and sends its form nowhere else", async ({ expect }) => {
    const { registry, loginUrl } = await begin();
    const page = await registry.get(loginUrl);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = page.headers.get("content-security-policy");
    for (const rule of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(rule);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
  });

  it("is over after ten minutes, and needs the client's own secret", async ({ expect }) => {
    const { registry, loginUrl, doneUrl, confirm } = await begin();
    expect((await registry.get(`${doneUrl.slice(0, -3)}xxx`)).status).toBe(410);
    expect((await registry.get(loginUrl.replace(/[^/]*$/, "0123456789abcdef"))).status).toBe(410);
    registry.pass(10 * 60_000);
    for (const response of [
      await registry.get(loginUrl),
      await registry.get(doneUrl),
      await confirm("ann", ADMIN_SECRET),
    ])
      expect((await errorOf(response)).code).toBe("ERR_LOGIN_EXPIRED");
  });

  it("takes no form of another site", async ({ expect }) => {
    const { registry, doneUrl, confirm } = await begin();
    expect((await confirm("ann", ADMIN_SECRET, { origin: "https://evil.test" })).status).toBe(403);
    expect((await registry.get(doneUrl)).status).toBe(202);
    expect((await confirm("ann", ADMIN_SECRET, { origin: "https://edge.test" })).status).toBe(200);
  });
});

import { describe, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";
import { buildPackage, type BuiltPackage } from "../../../src/publish/build-package.ts";
import { createRegistryClient, type RegistryClient } from "../../../src/publish/registry-client.ts";
import { createSigningKey } from "../../../src/verify/signature.ts";
import { ADMIN_SECRET, createFakeRegistry, type FakeRegistry } from "./fake-registry.ts";

const BASE = "https://edge.test/";

interface ClientOptions {
  readonly token?: string;
  /** Called before every request; what it throws is a connection that breaks, after the request has been answered. */
  readonly afterAnswer?: (url: URL) => void;
}

function createClient(
  registry: FakeRegistry,
  { token, afterAnswer = () => undefined }: ClientOptions = {},
): RegistryClient {
  const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    const response = await registry.get(url, init);
    afterAnswer(new URL(url));
    return response;
  };
  const host = {
    fetch,
    now: () => 0,
    delay: async (ms: number) => (ms > 5000 ? new Promise<void>(() => undefined) : undefined),
  };
  const config = `[registry.tokens]\n"${BASE}" = "${token ?? ""}"\n`;
  const fetching = { host, limits: DEFAULT_LIMITS, emit: () => undefined };
  return createRegistryClient(fetching, BASE, token === undefined ? {} : { config });
}

function build(version: string, text = "export const a = 1;"): Promise<BuiltPackage> {
  const files = { "package.json": JSON.stringify({ name: "@acme/lib", version, type: "module" }), "index.js": text };
  const encoder = new TextEncoder();
  return buildPackage(
    new Map(Object.entries(files).map(([path, file]) => [path, encoder.encode(file)])),
    DEFAULT_LIMITS,
  );
}

describe("a client of the Raya protocol", () => {
  it("R93, R102: publishes what the registry then has, with the same checksum", async ({ expect }) => {
    const registry = createFakeRegistry();
    const client = createClient(registry, { token: ADMIN_SECRET });
    const built = await build("1.0.0");
    const { checksum, integrity } = built;
    const key = await createSigningKey();
    const published = await client.publish(built, { tag: "next", key });
    expect(published).toMatchObject({ checksum, integrity, published_by: "admin", public_key: key.publicKey });
    expect(await client.version("@acme/lib", "1.0.0")).toEqual(published);
    const { tags }: { tags: object } = await (
      await registry.get("/packages/@acme/lib", { headers: { authorization: `Bearer ${ADMIN_SECRET}` } })
    ).json();
    expect(tags).toEqual({ latest: "1.0.0", next: "1.0.0" });
    await expect(client.publish(await build("1.1.0"), {})).resolves.toMatchObject({ version: "1.1.0" });
  });

  it("publishes once, however often the answer is lost", async ({ expect }) => {
    const registry = createFakeRegistry();
    const { authorization } = await registry.login("ann", ["publish"]);
    let lost = 2;
    const client = createClient(registry, {
      token: authorization.slice("Bearer ".length),
      afterAnswer() {
        lost -= 1;
        if (lost >= 0) throw new TypeError("connection reset");
      },
    });
    await expect(client.publish(await build("1.0.0"))).resolves.toMatchObject({ published_by: "ann" });
    const other = client.publish(await build("1.0.0", "export const a = 2;"));
    await expect(other).rejects.toMatchObject({ code: "ERR_VERSION_EXISTS" });
  });

  it("yanks, deprecates, tags and finds", async ({ expect }) => {
    const registry = createFakeRegistry();
    const client = createClient(registry, { token: ADMIN_SECRET });
    for (const version of ["1.0.0", "1.1.0"]) await client.publish(await build(version));
    await client.yank("@acme/lib", "1.1.0", "wrong");
    await client.deprecate("@acme/lib", "1.0.0", "old");
    await client.tag("@acme/lib", "stable", "1.0.0");
    expect(await client.version("@acme/lib", "1.1.0")).toMatchObject({ yanked: "wrong" });
    expect(await client.version("@acme/lib", "1.0.0")).toMatchObject({ deprecated: "old" });
    expect(await client.search("lib", { size: 5 })).toMatchObject({
      packages: [{ name: "@acme/lib", version: "1.0.0" }],
    });
    await client.unyank("@acme/lib", "1.1.0");
    await client.deprecate("@acme/lib", "1.0.0", undefined);
    await client.tag("@acme/lib", "stable", undefined);
    expect(await client.version("@acme/lib", "1.1.0")).not.toHaveProperty("yanked");
    expect(await client.search("lib")).toMatchObject({ packages: [{ version: "1.1.0" }], total: 1 });
    await expect(client.yank("@acme/lib", "9.0.0")).rejects.toMatchObject({ code: "ERR_VERSION_NOT_FOUND" });
  });

  it("R101: logs in by an address that somebody confirms at, and has a token then", async ({ expect }) => {
    const registry = createFakeRegistry();
    let asked = 0;
    const shown: string[] = [];
    const confirm = async (): Promise<void> => {
      const body = new URLSearchParams({ name: "ann", key: ADMIN_SECRET }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      await registry.get(shown[0] ?? "", { method: "POST", body, headers });
    };
    let confirmed: Promise<void> | undefined;
    const client = createClient(registry, {
      afterAnswer({ pathname }) {
        if (pathname.includes("/v1/done/")) asked += 1;
        if (asked === 2) confirmed ??= confirm();
      },
    });
    const token = await client.login({ show: (url) => void shown.push(url) });
    await confirmed;
    expect(shown).toEqual([expect.stringMatching(/^https:\/\/edge\.test\/npm\/-\/login\//)]);
    await expect(createClient(registry, { token }).publish(await build("1.0.0"))).resolves.toMatchObject({
      published_by: "ann",
    });
    await expect(createClient(registry).publish(await build("1.1.0"))).rejects.toMatchObject({
      code: "ERR_AUTH_REQUIRED",
    });
  });

  it("sends nobody to another address than the registry's", async ({ expect }) => {
    const registry = createFakeRegistry(undefined, { publicOrigin: "https://elsewhere.test" });
    const shown: string[] = [];
    const login = createClient(registry).login({ show: (url) => void shown.push(url) });
    await expect(login).rejects.toMatchObject({ code: "ERR_UNEXPECTED_TYPE" });
    expect(shown).toEqual([]);
  });
});

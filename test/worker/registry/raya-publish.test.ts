import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { COMPILER_ID } from "../../../src/compile/compile-objects.ts";
import { createSigningKey, signPackage } from "../../../src/verify/signature.ts";
import { integrityOf } from "../../../worker/registry/archive-manifest.ts";
import type { Objects } from "../../../worker/registry/objects.ts";
import { createR2Objects } from "../../../worker/registry/r2-objects.ts";
import { errorOf } from "../fake-upstream.ts";
import { ADMIN, createFakeRegistry, createPublication, type FakeRegistry, pack } from "./fake-registry.ts";
import { createMemoryObjects } from "./memory-objects.ts";

const NAME = "@acme/lib";

interface PublishOptions {
  readonly manifest?: object;
  readonly text?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

function packVersion(version: string, { manifest = {}, text = "export const a = 1;" }: PublishOptions = {}) {
  const json = JSON.stringify({ name: NAME, version, type: "module", ...manifest });
  return pack({ "package.json": json, "index.js": text, "README.md": "# Lib" });
}

async function publish(registry: FakeRegistry, version: string, options: PublishOptions = {}): Promise<Response> {
  const { query = "", headers = ADMIN } = options;
  const body = await packVersion(version, options);
  return registry.get(`/publish${query}`, { method: "POST", body, headers });
}

async function readJson(registry: FakeRegistry, path: string): Promise<Record<string, unknown>> {
  return (await registry.get(path, { headers: ADMIN })).json();
}

describe("R91, R102: publishing", () => {
  it("compiles, checks and registers a version, and records who published it", async ({ expect }) => {
    const registry = createFakeRegistry();
    const ann = await registry.login("ann", ["publish:@acme"]);
    const response = await publish(registry, "1.0.0", { headers: ann, manifest: { dependencies: { time: "^2.0.0" } } });
    expect(response.status).toBe(201);
    const published: Record<string, unknown> = await response.json();
    expect(published).toEqual({
      name: NAME,
      version: "1.0.0",
      checksum: expect.stringMatching(/^sha256:/),
      download_url: `https://edge.test/packages/${NAME}/1.0.0/download?compiler=${COMPILER_ID}`,
      compiler: COMPILER_ID,
      index_checksum: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      size: expect.any(Number),
      dependencies: { time: "^2.0.0" },
      integrity: await integrityOf(await packVersion("1.0.0", { manifest: { dependencies: { time: "^2.0.0" } } })),
      published_by: "ann",
      published_at: expect.any(String),
    });
    expect(await readJson(registry, `/packages/${NAME}/1.0.0`)).toEqual(published);
    expect(await readJson(registry, "/npm/@acme%2flib")).toMatchObject({
      "dist-tags": { latest: "1.0.0" },
      readme: "# Lib",
      versions: { "1.0.0": { _npmUser: { name: "ann" } } },
    });
    expect((await registry.get("/npm/@acme/lib/-/lib-1.0.0.tgz", { headers: ann })).status).toBe(200);
  });

  it("R104: a version before a release gets the tag of its name, and the tag that is asked for", async ({ expect }) => {
    const registry = createFakeRegistry();
    await publish(registry, "1.0.0");
    await publish(registry, "1.1.0-beta.1");
    await publish(registry, "1.2.0", { query: "?tag=next" });
    expect(await readJson(registry, `/packages/${NAME}/tags`)).toEqual({
      latest: "1.0.0",
      beta: "1.1.0-beta.1",
      next: "1.2.0",
    });
    expect((await errorOf(await publish(registry, "2.0.0-1"))).code).toBe("ERR_REQUEST_INVALID");
    expect((await errorOf(await publish(registry, "2.0.0", { query: "?tag=v2" }))).code).toBe("ERR_REQUEST_INVALID");
  });

  it("refuses what does not compile, and says where", async ({ expect }) => {
    const registry = createFakeRegistry();
    const response = await publish(registry, "1.0.0", { text: "export const a = ;\n" });
    expect(response.status).toBe(422);
    const { code, message, details } = await errorOf(response);
    expect(code).toBe("ERR_PUBLISH_INVALID");
    expect(message).toContain("does not compile");
    expect(details).toMatchObject({ package: `${NAME}@1.0.0`, line: 1, problems: [{ code: "ERR_SOURCE_PARSE" }] });
    expect([...registry.objects.kept.keys()]).toEqual([]);
  });

  it("refuses what is no package, or nobody could install", async ({ expect }) => {
    const registry = createFakeRegistry();
    const WRONG: [options: PublishOptions & { readonly version?: string }, code: string][] = [
      [{ version: "1.0" }, "ERR_PUBLISH_INVALID"],
      [{ version: "v1.0.0" }, "ERR_PUBLISH_INVALID"],
      [{ manifest: { name: "@acme/..%2fx" } }, "ERR_INVALID_PACKAGE_NAME"],
      [{ manifest: { name: 1 } }, "ERR_PUBLISH_INVALID"],
      [{ manifest: { name: "react" } }, "ERR_FORBIDDEN"],
      [{ manifest: { private: true } }, "ERR_PUBLISH_INVALID"],
      [{ manifest: { dependencies: { x: "file:../x" } } }, "ERR_PUBLISH_INVALID"],
      [{ manifest: { dependencies: ["x"] } }, "ERR_PUBLISH_INVALID"],
      [{ headers: { ...ADMIN, "raya-integrity": await integrityOf(new Uint8Array(1)) } }, "ERR_INTEGRITY_MISMATCH"],
      [{ headers: { ...ADMIN, "raya-signature": "ed25519:AA==" } }, "ERR_REQUEST_INVALID"],
      [
        { headers: { ...ADMIN, "raya-signature": "ed25519:AA==", "raya-public-key": "ed25519:AA==" } },
        "ERR_SIGNATURE_INVALID",
      ],
    ];
    for (const [{ version = "1.0.0", ...options }, code] of WRONG)
      expect((await errorOf(await publish(registry, version, options))).code, JSON.stringify(options)).toBe(code);
    const text = await registry.get("/publish", { method: "POST", body: "no archive", headers: ADMIN });
    expect((await errorOf(text)).code).toBe("ERR_ARCHIVE_INVALID");
    const large = await registry.get("/publish", {
      method: "POST",
      body: new Uint8Array(25 * 1024 * 1024),
      headers: ADMIN,
    });
    expect((await errorOf(large)).code).toBe("ERR_SIZE_LIMIT");
    expect([...registry.objects.kept.keys()]).toEqual([]);
  });

  it("is for those who may publish the package", async ({ expect }) => {
    const registry = createFakeRegistry();
    expect((await publish(registry, "1.0.0", { headers: {} })).status).toBe(401);
    for (const scopes of [["read"], ["publish:@other"], ["admin"]]) {
      const headers = await registry.login("ann", scopes);
      expect((await publish(registry, "1.0.0", { headers })).status).toBe(403);
    }
    const expired = await registry.login("ann", ["publish"], 1);
    registry.pass(24 * 60 * 60_000);
    expect((await publish(registry, "1.0.0", { headers: expired })).status).toBe(401);
  });

  it("that breaks off at any step leaves nothing to be seen, and can be tried again", async ({ expect }) => {
    for (const broken of ["npm/archives/", "npm/artifacts/", "npm/packages/"]) {
      const registry = createFakeRegistry();
      registry.objects.beforePut = (key) => {
        if (key.startsWith(broken)) throw new Error("the store is gone");
      };
      expect((await publish(registry, "1.0.0")).status, broken).toBe(500);
      for (const path of [`/packages/${NAME}`, `/packages/${NAME}/1.0.0/download`, "/npm/@acme%2flib"])
        expect((await registry.get(path, { headers: ADMIN })).status).toBe(404);
      registry.objects.beforePut = () => undefined;
      expect((await publish(registry, "1.0.0", { text: "export const b = 2;" })).status).toBe(201);
      expect((await publish(registry, "1.0.0")).status).toBe(409);
    }
  });

  it("to R2 that breaks off before or after any operation is seen whole or not at all, and can be tried again", async ({
    expect,
  }) => {
    const r2 = createR2Objects(env.RAYA_R2);
    for (const isAfter of [false, true]) {
      for (let broken = 0; broken < 6; broken += 1) {
        let left = broken;
        const guarded = async <T>(operate: () => Promise<T>): Promise<T> => {
          left -= 1;
          if (left === -1 && !isAfter) throw new Error("the bucket is gone");
          const result = await operate();
          if (left === -1) throw new Error("the answer is gone");
          return result;
        };
        const objects: Objects = {
          ...r2,
          get: (key) => guarded(() => r2.get(key)),
          put: (key, bytes, options) => guarded(() => r2.put(key, bytes, options)),
        };
        const registry = createFakeRegistry(() => undefined, {}, { ...createMemoryObjects(), ...objects });
        const name = `@acme/broken-${String(isAfter)}-${broken}`;
        const first = await publish(registry, "1.0.0", { manifest: { name } });
        expect(first.status, name).toBe(broken < 5 ? 500 : 201);
        left = Number.POSITIVE_INFINITY;
        const download = await registry.get(`/packages/${name}/1.0.0/download`, { headers: ADMIN });
        const isSeen = broken === 5 || broken === 4 || (isAfter && broken === 3);
        expect(download.status, name).toBe(isSeen ? 200 : 404);
        const again = await publish(registry, "1.0.0", { manifest: { name } });
        expect([again.status, await again.json()]).toEqual([201, await readJson(registry, `/packages/${name}/1.0.0`)]);
        expect((await publish(registry, "1.0.0", { manifest: { name }, text: "export {};" })).status).toBe(409);
      }
    }
  });

  it("whose answer was lost is answered again, once for its publisher and for nobody else", async ({ expect }) => {
    const registry = createFakeRegistry();
    const [ann, bob] = [await registry.login("ann", ["publish"]), await registry.login("bob", ["publish"])];
    const first = await (await publish(registry, "1.0.0", { headers: ann })).json();
    const writes = registry.objects.kept.get(`npm/packages/${NAME}`)?.etag;
    const again = await publish(registry, "1.0.0", { headers: ann });
    expect([again.status, await again.json()]).toEqual([201, first]);
    expect(registry.objects.kept.get(`npm/packages/${NAME}`)?.etag).toBe(writes);
    expect((await publish(registry, "1.0.0", { headers: bob })).status).toBe(409);
    expect((await publish(registry, "1.0.0", { headers: ann, text: "export const a = 2;" })).status).toBe(409);
  });

  it("takes three reads and three writes of R2, with the token's", async ({ expect }) => {
    const objects = createMemoryObjects();
    const [reads, writes]: [string[], string[]] = [[], []];
    const counted = {
      ...objects,
      get(key: string) {
        reads.push(key);
        return objects.get(key);
      },
    };
    const registry = createFakeRegistry(() => undefined, {}, counted);
    const headers = await registry.login("ann", ["publish"]);
    reads.length = 0;
    objects.beforePut = (key) => void writes.push(key);
    await publish(registry, "1.0.0", { headers });
    expect([reads.length, writes.length]).toEqual([3, 3]);
    expect(writes.at(-1)).toBe(`npm/packages/${NAME}`);
  });

  it("to R2 has one winner of a version, whose archive and artifact go together", async ({ expect }) => {
    const objects = { ...createMemoryObjects(), ...createR2Objects(env.RAYA_R2) };
    const registry = createFakeRegistry(() => undefined, {}, objects);
    const texts = ["one", "two", "three"].map((text) => `export const a = "${text}";`);
    const manifest = { name: "@acme/raced" };
    const responses = await Promise.all(texts.map((text) => publish(registry, "1.0.0", { text, manifest })));
    expect(responses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
    const winner = responses.findIndex(({ status }) => status === 201);
    const published: Record<string, unknown> = (await responses[winner]?.json()) ?? {};
    expect(published["integrity"]).toBe(
      await integrityOf(await packVersion("1.0.0", { text: texts[winner] ?? "", manifest })),
    );
    const download = await registry.get("/packages/@acme/raced/1.0.0/download", { headers: ADMIN });
    expect(download.headers.get("raya-checksum")).toBe(published["checksum"]);
    const [one, two] = await Promise.all(["1.1.0", "1.2.0"].map((version) => publish(registry, version, { manifest })));
    expect([one?.status, two?.status]).toEqual([201, 201]);
  });
});

describe("R106: signatures", () => {
  const createSigned = async (registry: FakeRegistry, headers: Record<string, string>) => {
    const key = await createSigningKey();
    return async (version: string, signedVersion = version): Promise<Response> => {
      const integrity = await integrityOf(await packVersion(version));
      const { signature, publicKey } = await signPackage({ name: NAME, version: signedVersion, integrity }, key);
      return publish(registry, version, {
        headers: { ...headers, "raya-signature": signature, "raya-public-key": publicKey },
      });
    };
  };

  it("are checked, kept, and shown in both protocols", async ({ expect }) => {
    const registry = createFakeRegistry();
    const publishSigned = await createSigned(registry, ADMIN);
    const published: Record<string, string> = await (await publishSigned("1.0.0")).json();
    expect(published).toMatchObject({ signature: expect.stringMatching(/^ed25519:/), public_key: expect.any(String) });
    const { signature, public_key } = published;
    const install = { ...ADMIN, accept: "application/vnd.npm.install-v1+json" };
    expect(await (await registry.get("/npm/@acme%2flib", { headers: install })).json()).toMatchObject({
      versions: { "1.0.0": { dist: { signature, public_key } } },
    });
    expect((await errorOf(await publishSigned("1.1.0", "1.2.0"))).code).toBe("ERR_SIGNATURE_INVALID");
  });

  it("go on with the same key, whatever the token; only the operator changes it", async ({ expect }) => {
    const registry = createFakeRegistry();
    const ann = await registry.login("ann", ["publish"]);
    await publish(registry, "0.1.0", { headers: ann });
    const publishSigned = await createSigned(registry, ann);
    expect((await publishSigned("1.0.0")).status).toBe(201);
    const withOther = await createSigned(registry, ann);
    for (const response of [await withOther("1.1.0"), await publish(registry, "1.1.0", { headers: ann })])
      expect((await errorOf(response)).code).toBe("ERR_SIGNING_KEY_CHANGED");
    const { document } = await createPublication(NAME, "1.1.0");
    const byNpm = await registry.send("PUT", "/npm/@acme%2flib", document, ann);
    expect((await errorOf(byNpm)).code).toBe("ERR_SIGNING_KEY_CHANGED");
    expect((await publishSigned("1.1.0")).status).toBe(201);
    const byOperator = await createSigned(registry, ADMIN);
    expect((await byOperator("2.0.0")).status).toBe(201);
    expect((await errorOf(await publishSigned("2.0.1"))).code).toBe("ERR_SIGNING_KEY_CHANGED");
  });

  it("are not taken from what npm's clients claim", async ({ expect }) => {
    const registry = createFakeRegistry();
    const { document } = await createPublication(NAME, "1.0.0");
    const manifest = document.versions["1.0.0"] ?? {};
    const dist = { ...(manifest["dist"] as object), signature: "ed25519:x", public_key: "ed25519:y" };
    document.versions["1.0.0"] = { ...manifest, dist, _raya: { compiler: "x" }, yanked: "" };
    expect((await registry.send("PUT", "/npm/@acme%2flib", document, ADMIN)).status).toBe(201);
    const shown = await readJson(registry, `/packages/${NAME}/1.0.0`);
    for (const field of ["signature", "public_key", "yanked"]) expect(shown).not.toHaveProperty(field);
    expect(shown["compiler"]).toBe(COMPILER_ID);
  });
});

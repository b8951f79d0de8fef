import { describe, it } from "vitest";
import { readLock } from "../../../src/lock/read-lock.ts";
import { createSigningKey, signPackage, type SigningKey } from "../../../src/verify/signature.ts";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";

interface Packument {
  versions: Record<string, { dist: { integrity: string } }>;
}

/** A registry with `lib` 1.0.0 and 2.0.0, each signed with its key. */
async function createSignedRegistry(keys: Readonly<Record<string, SigningKey | undefined>>) {
  const versions = Object.keys(keys);
  const files = { "index.js": "exports.a = 1;" };
  const registry = await createFakeRegistry(versions.map((version) => ({ manifest: { name: "lib", version }, files })));
  const fetch = registry.host.fetch.bind(registry.host);
  registry.host.fetch = async (url, init) => {
    if (!url.endsWith("/lib")) return fetch(url, init);
    const packument: Packument = await (await fetch(url, init)).json();
    for (const [version, { dist }] of Object.entries(packument.versions)) {
      const key = keys[version];
      if (key === undefined) continue;
      const signed = await signPackage({ name: "lib", version, integrity: dist.integrity }, key);
      Object.assign(dist, { signature: signed.signature, public_key: signed.publicKey });
    }
    return Response.json(packument);
  };
  return registry;
}

const importing = (range: string) => ({
  entry: "/main.ts",
  files: { "/main.ts": `import { a } from "lib@${range}"; export default a;` },
});

describe("R106: a program with a signed package", () => {
  it("has its key in the lock, and loads with that key and no other", async ({ expect }) => {
    const [key, other] = await Promise.all([createSigningKey(), createSigningKey()]);
    const registry = await createSignedRegistry({ "1.0.0": key, "2.0.0": key });
    const { lockfile } = await registry.loader().load(importing("^1"));
    expect(readLock(lockfile).packages["lib@1.0.0"]?.publicKey).toBe(key.publicKey);
    const { lockfile: newer } = await registry.loader().load(importing("^2"), { lockfile });
    expect(readLock(newer).packages["lib@2.0.0"]?.publicKey).toBe(key.publicKey);
    for (const keys of [
      { "1.0.0": key, "2.0.0": other },
      { "1.0.0": key, "2.0.0": undefined },
    ]) {
      const changed = await createSignedRegistry(keys);
      await expect(changed.loader().load(importing("^2"), { lockfile })).rejects.toMatchObject({
        code: "ERR_SIGNING_KEY_CHANGED",
        details: { package: "lib@2.0.0", expected: key.publicKey },
      });
      await changed.loader().load(importing("^1"), { lockfile });
    }
  });
});

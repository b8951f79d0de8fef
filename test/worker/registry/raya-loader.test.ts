import { describe, it } from "vitest";
import { COMPILER_ID } from "../../../src/compile/compile-objects.ts";
import type { Host } from "../../../src/host.ts";
import { createLoader } from "../../../src/loader.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";
import { createMemoryProjectFiles } from "../../../src/project/project-files.ts";
import { createProjectRegistry } from "../../../src/project/project-registry.ts";
import { ProjectVerbs } from "../../../src/project/project-verbs.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../../src/store/memory-store.ts";
import { createSigningKey, signPackage } from "../../../src/verify/signature.ts";
import { integrityOf } from "../../../worker/registry/archive-manifest.ts";
import { flipByte } from "../fake-upstream.ts";
import { ADMIN, ADMIN_SECRET, createFakeRegistry, type FakeRegistry, pack } from "./fake-registry.ts";

const BASE = "https://edge.test/";
const CONFIG = `[registry]
default = "${BASE}"
[registry.protocols]
"${BASE}" = "raya"
[registry.tokens]
"${BASE}" = "${ADMIN_SECRET}"
`;
const MAIN = { entry: "/main.js", files: { "/main.js": 'import { kit } from "@acme/kit"; export default kit;' } };

async function publish(registry: FakeRegistry, manifest: object, text: string, isSigned = false): Promise<void> {
  const body = await pack({ "package.json": JSON.stringify({ type: "module", ...manifest }), "index.js": text });
  const { name, version }: { name: string; version: string } = { name: "", version: "", ...manifest };
  const signed = isSigned
    ? await signPackage({ name, version, integrity: await integrityOf(body) }, await createSigningKey())
    : undefined;
  const signature = signed && { "raya-signature": signed.signature, "raya-public-key": signed.publicKey };
  const response = await registry.get("/publish", { method: "POST", body, headers: { ...ADMIN, ...signature } });
  if (response.status !== 201) throw new TypeError(await response.text());
}

async function createPublished(isSigned = false): Promise<FakeRegistry> {
  const registry = createFakeRegistry();
  await publish(registry, { name: "@acme/left", version: "1.0.0" }, "export const left = 1;");
  const kit = { name: "@acme/kit", version: "1.2.0", dependencies: { "@acme/left": "^1" } };
  await publish(registry, kit, 'import { left } from "@acme/left"; export const kit = left + 1;', isSigned);
  return registry;
}

/** A loader of that registry alone, and the paths that it asks for. */
function createClient(
  registry: FakeRegistry,
  change: (response: Response, url: URL) => Promise<Response> | Response = (response) => response,
) {
  const asked: string[] = [];
  const host: Host = {
    name: "test",
    bytes: createMemoryByteStore(),
    records: createMemoryRecordStore(),
    now: () => 0,
    delay: (ms) => (ms < 10_000 ? Promise.resolve() : new Promise(() => undefined)),
    async fetch(url, init) {
      asked.push(url.slice(BASE.length));
      return change(await registry.get(url, init), new URL(url));
    },
  };
  const loader = () =>
    createLoader(host, { registry: BASE, registries: { config: CONFIG }, base: "https://app.test/" });
  return { asked, host, loader };
}

describe("a loader before a registry of the Raya protocol", () => {
  it("R88 to R95: locks what the registry compiled, and has that, verified, without an archive", async ({ expect }) => {
    const registry = await createPublished();
    const { asked, loader } = createClient(registry);
    const program = await loader().load(MAIN);
    expect(program.packages.map(({ name, version }) => `${name}@${version}`).toSorted()).toEqual([
      "@acme/kit@1.2.0",
      "@acme/left@1.0.0",
    ]);
    expect(asked.toSorted()).toEqual([
      "packages/@acme/kit",
      `packages/@acme/kit/1.2.0/download?compiler=${COMPILER_ID}`,
      "packages/@acme/left",
      `packages/@acme/left/1.0.0/download?compiler=${COMPILER_ID}`,
    ]);
    const { packages } = readLock(program.lockfile);
    const { index_checksum }: Record<string, string> = await (
      await registry.get("/packages/@acme/kit/1.2.0", { headers: ADMIN })
    ).json();
    expect(packages["@acme/kit@1.2.0"]?.artifacts).toEqual({ [COMPILER_ID]: index_checksum });
    const again = createClient(registry);
    await again.loader().load(MAIN, { lockfile: program.lockfile });
    expect(again.asked.every((path) => path.includes("/download?compiler="))).toBe(true);
  });

  it("R105: takes no artifact that is not the one that was locked, whole or in part", async ({ expect }) => {
    const registry = await createPublished();
    const tampered = createClient(registry, async (response, { search }) =>
      search.startsWith("?compiler=")
        ? new Response(flipLast(new Uint8Array(await response.arrayBuffer())), response)
        : response,
    );
    await expect(tampered.loader().load(MAIN)).rejects.toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
    const swapped = createClient(registry, (response, { pathname, search }) =>
      search.startsWith("?compiler=") && pathname.includes("left")
        ? registry.get(`/packages/@acme/kit/1.2.0/download${search}`, { headers: ADMIN })
        : response,
    );
    await expect(swapped.loader().load(MAIN)).rejects.toMatchObject({ code: "ERR_ARTIFACT_INVALID" });
    const archive = createClient(registry, async (response, { search }) =>
      search === "?format=tgz" ? new Response(flipByte(new Uint8Array(await response.arrayBuffer()))) : response,
    );
    const { lockfile } = await createClient(registry).loader().load(MAIN);
    const unpinned = lockfile.replaceAll(/^\[package\.artifacts\]\n.*\n/gm, "");
    await expect(archive.loader().load(MAIN, { lockfile: unpinned })).rejects.toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
    });
  });

  it("makes it itself of the archive where it is signed, or no longer there", async ({ expect }) => {
    const signed = createClient(await createPublished(true));
    const program = await signed.loader().load(MAIN);
    expect(readLock(program.lockfile).packages["@acme/kit@1.2.0"]).toMatchObject({ publicKey: expect.any(String) });
    expect(signed.asked).toContain("packages/@acme/kit/1.2.0/download?format=tgz");
    const gone = createClient(await createPublished(), (response, { search }) =>
      search.startsWith("?compiler=") ? new Response(null, { status: 404 }) : response,
    );
    await gone.loader().load(MAIN);
    expect(gone.asked).toContain("packages/@acme/kit/1.2.0/download?format=tgz");
  });

  it("chooses no yanked version, and keeps one that is locked", async ({ expect }) => {
    const registry = await createPublished();
    const { lockfile } = await createClient(registry).loader().load(MAIN);
    await publish(registry, { name: "@acme/kit", version: "1.1.0" }, "export const kit = 1;");
    await registry.send("PUT", "/packages/@acme/kit/1.2.0/yank", { reason: "wrong" }, ADMIN);
    const versionOf = async (options: { lockfile?: string }): Promise<string | undefined> => {
      const { packages } = await createClient(registry).loader().load(MAIN, options);
      return packages.find(({ name }) => name === "@acme/kit")?.version;
    };
    expect(await versionOf({})).toBe("1.1.0");
    expect(await versionOf({ lockfile })).toBe("1.2.0");
  });

  it("is the same for the verbs of a project", async ({ expect }) => {
    const { host } = createClient(await createPublished());
    const files = createMemoryProjectFiles({ "package.json": '{"name":"app","version":"1.0.0"}' });
    const context = { host, limits: DEFAULT_LIMITS, emit: () => undefined };
    const registry = () => createProjectRegistry(context, BASE, { config: CONFIG });
    const verbs = new ProjectVerbs({ files, registry, now: () => Date.now() });
    const { added } = await verbs.add(["@acme/kit"]);
    expect(added).toEqual(["@acme/kit@1.2.0", "@acme/left@1.0.0"]);
  });
});

/** A copy with one bit of the last byte turned: a file's, not the index's. */
function flipLast(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const flipped = new Uint8Array(bytes);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  return flipped;
}

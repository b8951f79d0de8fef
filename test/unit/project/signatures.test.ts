import { describe, it } from "vitest";
import { readLock } from "../../../src/lock/read-lock.ts";
import { createSigningKey, signPackage, type SigningKey } from "../../../src/verify/signature.ts";
import { createProject, json, sri, type VirtualProject, type World } from "./virtual-project.ts";

const PROJECT = { "package.json": json({ name: "app", version: "1.0.0", dependencies: { lib: "^1.0.0" } }) };

/** One version, signed or not. */
async function version(number: string, key?: SigningKey, signedAs = number): Promise<World> {
  const integrity = sri(`lib@${number}`);
  if (key === undefined) return { [`lib@${number}`]: { dist: { integrity } } };
  const { signature, publicKey } = await signPackage({ name: "lib", version: signedAs, integrity }, key);
  return { [`lib@${number}`]: { dist: { integrity, signature, public_key: publicKey } } };
}

function lockOf({ files }: VirtualProject): string {
  return files.snapshot()["raya.lock"] ?? "";
}

function keysIn(project: VirtualProject): Record<string, string | undefined> {
  const { packages } = readLock(lockOf(project));
  return Object.fromEntries(Object.entries(packages).map(([id, { publicKey }]) => [id, publicKey]));
}

describe("R106: the key of a package's author", () => {
  it("is pinned in the lock when it is first seen, and holds for the versions after", async ({ expect }) => {
    const key = await createSigningKey();
    const project = createProject(await version("1.0.0", key), PROJECT);
    await project.verbs.install();
    expect(keysIn(project)).toEqual({ "lib@1.0.0": key.publicKey });
    project.publish(await version("1.1.0", key));
    await project.verbs.update();
    expect(keysIn(project)).toEqual({ "lib@1.1.0": key.publicKey });
  });

  it("that changes, or is gone, is refused, and the lock stays as it is", async ({ expect }) => {
    const [key, other] = await Promise.all([createSigningKey(), createSigningKey()]);
    for (const later of [await version("1.1.0", other), await version("1.1.0")]) {
      const project = createProject(await version("1.0.0", key), PROJECT);
      await project.verbs.install();
      const before = lockOf(project);
      project.publish(later);
      await expect(project.verbs.update()).rejects.toMatchObject({
        code: "ERR_SIGNING_KEY_CHANGED",
        details: { package: "lib@1.1.0", expected: key.publicKey },
      });
      await expect(project.verbs.update(["lib"])).rejects.toMatchObject({ code: "ERR_SIGNING_KEY_CHANGED" });
      expect(lockOf(project)).toBe(before);
    }
  });

  it("may be another when its line is taken out of the lock", async ({ expect }) => {
    const [key, other] = await Promise.all([createSigningKey(), createSigningKey()]);
    const first = createProject(await version("1.0.0", key), PROJECT);
    await first.verbs.install();
    const lock = lockOf(first).replace(/^publicKey.*\n/m, "");
    const project = createProject(await version("1.1.0", other), { ...PROJECT, "raya.lock": lock });
    await project.verbs.update();
    expect(keysIn(project)).toEqual({ "lib@1.1.0": other.publicKey });
  });

  it("is not in vain: a signature of something else is refused", async ({ expect }) => {
    const key = await createSigningKey();
    const project = createProject(await version("1.0.0", key, "1.0.1"), PROJECT);
    await expect(project.verbs.install()).rejects.toMatchObject({
      code: "ERR_SIGNATURE_INVALID",
      details: { package: "lib@1.0.0" },
    });
    expect(lockOf(project)).toBe("");
  });

  it("is kept of a version that is locked, whatever the registry says of it later", async ({ expect }) => {
    const [key, other] = await Promise.all([createSigningKey(), createSigningKey()]);
    const project = createProject({ ...(await version("1.0.0", key)), "b@1.0.0": {} }, PROJECT);
    await project.verbs.install();
    project.publish(await version("1.0.0"));
    await project.verbs.add(["b"]);
    expect(keysIn(project)).toMatchObject({ "lib@1.0.0": key.publicKey });
    project.publish(await version("1.0.0", other));
    await expect(project.verbs.remove(["b"], { force: true })).rejects.toMatchObject({
      code: "ERR_SIGNING_KEY_CHANGED",
    });
  });
});

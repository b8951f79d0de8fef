import { generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, it } from "vitest";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { runClient } from "./clients.ts";
import { startTestEdge, type TestEdge } from "./edge.ts";
import { startTufRepository, type TufRepository } from "./tuf-repository.ts";

const KEY_ID = "SHA256:of-this-test";
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const KEY = {
  keyid: KEY_ID,
  keytype: "ecdsa-sha2-nistp256",
  scheme: "ecdsa-sha2-nistp256",
  key: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  expires: null,
};

interface Versions {
  readonly versions: Readonly<Record<string, { dist: { readonly integrity: string; signatures?: unknown } }>>;
}

/** The registry's packument, signed. @param change of what is signed */
async function signedPackument(name: string, change = (text: string): string => text): Promise<object> {
  const packument: Versions = await (await fetch(npmRegistry() + name)).json();
  for (const [version, { dist }] of Object.entries(packument.versions)) {
    const text = change(`${name}@${version}:${dist.integrity}`);
    dist.signatures = [{ keyid: KEY_ID, sig: sign("sha256", Buffer.from(text), privateKey).toString("base64") }];
  }
  return packument;
}

let edge: TestEdge;
let tuf: TufRepository;
beforeAll(async () => {
  edge = await startTestEdge();
  tuf = await startTufRepository();
});
afterAll(async () => {
  tuf.close();
  await edge.stop();
});

describe("npm audit signatures", () => {
  const installed = async (dependencies: Readonly<Record<string, string>>) => {
    const place = edge.createPlace({ name: "app", version: "1.0.0", license: "MIT", dependencies });
    tuf.introduceTo(place);
    const install = await runClient(tuf.npm, tuf.npm.install, place);
    if (install.code !== 0) throw new Error(install.output);
    return runClient(tuf.npm, ["audit", "signatures"], place);
  };

  it("verifies what the upstream has signed, with the keys that it has by the edge", async ({ expect }) => {
    const signed = [await signedPackument("is-odd"), await signedPackument("is-number")];
    edge.upstream.canned.set("GET /is-odd", () => signed[0]);
    edge.upstream.canned.set("GET /is-number", () => signed[1]);
    edge.upstream.canned.set("GET /-/npm/v1/keys", () => ({ keys: [KEY] }));
    const { code, output } = await installed({ "is-odd": "3.0.1" });
    expect(code, output).toBe(0);
    expect(output).toMatch(/2 packages have verified registry signatures/);
    expect(edge.upstream.requests).toContain("GET /-/npm/v1/keys");
  });

  it("finds what somebody else has signed", async ({ expect }) => {
    const forged = await signedPackument("left-pad", (text) => `${text}x`);
    edge.upstream.canned.set("GET /left-pad", () => forged);
    const { code, output } = await installed({ "left-pad": "1.3.0" });
    expect(code).not.toBe(0);
    expect(output).toMatch(/invalid registry signature/);
    expect(output).toContain("left-pad");
  });
});

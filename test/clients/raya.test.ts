import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { runRaya } from "../../scripts/raya/run-raya.ts";
import { createNodeLoader } from "../../src/platform/node/index.ts";
import { startTestEdge, type TestEdge } from "./edge.ts";

let edge: TestEdge;
/** Of the user, and of the package. */
let [home, folder] = ["", ""];

beforeAll(async () => {
  edge = await startTestEdge({ PRIVATE_SCOPES: "@acme" });
  [home, folder] = [mkdtempSync(join(tmpdir(), "raya-home-")), mkdtempSync(join(tmpdir(), "raya-publish-"))];
});
afterAll(async () => {
  for (const path of [home, folder]) rmSync(path, { recursive: true });
  await edge.stop();
});

/** The edge's own address, without `npm/`. */
const addressOf = ({ registry }: TestEdge): string => registry.replace(/npm\/$/, "");

describe("the Raya protocol in workerd, over the network", () => {
  it("R91, R93: what the command publishes the loader runs", async ({ expect }) => {
    const address = addressOf(edge);
    const token = await edge.createToken("ann", ["publish"]);
    const config = `[registry]\ndefault = "${address}"\n[registry.protocols]\n"${address}" = "raya"\n[registry.tokens]\n"${address}" = "${token}"\n`;
    writeFileSync(join(home, "config.toml"), config);
    writeFileSync(join(folder, "package.json"), '{ "name": "@acme/lib", "version": "1.0.0", "type": "module" }');
    writeFileSync(join(folder, "index.js"), `export const text = "${"all the same ".repeat(400)}";\n`);
    vi.stubEnv("RAYA_HOME", home);
    expect(await runRaya(["publish", folder])).toBe(0);
    const loader = createNodeLoader({ registry: address, registries: { config }, minimumReleaseAge: 0 });
    const files = {
      "/main.js": 'import { text } from "@acme/lib"; import ms from "ms"; export default [text.length, ms("1s")];',
    };
    const program = await loader.load({ entry: "/main.js", files });
    expect(program.packages.map(({ name }) => name).toSorted()).toEqual(["@acme/lib", "ms"]);
    const download = `${address}packages/@acme/lib/1.0.0/download`;
    const headers = { authorization: `Bearer ${token}` };
    const curl = (...flags: string[]): Buffer =>
      execFileSync("curl", ["-sf", ...flags, "-H", `authorization: Bearer ${token}`, download]);
    const plain = curl();
    const zipped = curl("-H", "accept-encoding: gzip");
    expect(plain.subarray(0, 4).toString()).toBe("RBIN");
    expect(zipped.length).toBeLessThan(plain.length / 4);
    const decoded = await (await fetch(download, { headers })).arrayBuffer();
    expect(Buffer.from(decoded).equals(plain)).toBe(true);
    const bundle = await fetch(`${download}?format=tar.zst`, { headers });
    expect(new Uint8Array(await bundle.arrayBuffer()).subarray(0, 4)).toEqual(new Uint8Array([0x28, 0xb5, 0x2f, 0xfd]));
  });
});

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DatedRegistry, startDatedRegistry } from "../../scripts/compat/dated-registry.ts";
import { listen } from "../../scripts/listen.ts";

const manifest = (version: string) => ({
  name: "@s/a",
  version,
  readme: "long",
  dependencies: { b: "^1.0.0" },
  dist: { integrity: `sha512-${version}`, tarball: `http://elsewhere/${version}.tgz`, signatures: [] },
});
const PACKUMENT = {
  name: "@s/a",
  "dist-tags": { latest: "2.1.0", next: "3.0.0-beta.2", old: "1.0.0" },
  time: {
    created: "2026-01-01T00:00:00.000Z",
    "1.0.0": "2026-01-01T00:00:00.000Z",
    "2.0.0": "2026-10-31T23:59:59.000Z",
    "2.1.0": "2026-11-01T00:00:01.000Z",
    "3.0.0-beta.1": "2026-10-01T00:00:00.000Z",
    "3.0.0-beta.2": "2026-11-02T00:00:00.000Z",
  },
  versions: Object.fromEntries(
    ["1.0.0", "2.0.0", "2.1.0", "3.0.0-beta.1", "3.0.0-beta.2", "0.9.0"].map((version) => [version, manifest(version)]),
  ),
};

let requests: string[];
let real: Server;
let upstream: string;
let folder: string;
let registry: DatedRegistry | undefined;

beforeEach(async () => {
  requests = [];
  real = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    if (path === "/@s%2fa") response.end(JSON.stringify(PACKUMENT));
    else if (path === "/@s/a/-/a-1.0.0.tgz") response.end("archive");
    else response.writeHead(path === "/flaky" && requests.length < 3 ? 503 : 404).end();
  });
  upstream = `http://127.0.0.1:${await listen(real)}/`;
  folder = await mkdtemp(join(tmpdir(), "raya-dated-"));
});

afterEach(async () => {
  await registry?.close();
  real.closeAllConnections();
  if (real.listening) await once(real.close(), "close");
  await rm(folder, { recursive: true });
});

async function open(before?: string): Promise<string> {
  await registry?.close();
  registry = await startDatedRegistry({ upstream, before, folder: `${folder}/kept` });
  return registry.url;
}

describe("a dated registry", () => {
  it("knows no version that was published later, and keeps those whose date is unknown", async () => {
    const packument = await (await fetch(`${await open("2026-11-01")}@s%2fa`)).json();
    expect(Object.keys(packument.versions)).toEqual(["1.0.0", "2.0.0", "3.0.0-beta.1", "0.9.0"]);
  });

  it("moves tags as npm does: to the highest version below the one that is not there yet", async () => {
    const packument = await (await fetch(`${await open("2026-11-01")}@s%2fa`)).json();
    expect(packument["dist-tags"]).toEqual({ latest: "2.0.0", next: "3.0.0-beta.1", old: "1.0.0" });
  });

  it("has everything without a day", async () => {
    const packument = await (await fetch(`${await open()}@s%2fa`)).json();
    expect(packument["dist-tags"]).toEqual(PACKUMENT["dist-tags"]);
    expect(Object.keys(packument.versions)).toHaveLength(6);
  });

  it("leaves out what a loader does not read", async () => {
    const { versions } = await (await fetch(`${await open()}@s%2fa`)).json();
    expect(versions["1.0.0"]).toEqual({
      name: "@s/a",
      version: "1.0.0",
      dependencies: { b: "^1.0.0" },
      dist: { integrity: "sha512-1.0.0" },
    });
  });

  it("answers again without the registry, in a later run too", async () => {
    const first = await open("2026-11-01");
    await fetch(`${first}@s%2fa`);
    await fetch(`${first}@s/a/-/a-1.0.0.tgz`);
    const later = await open("2026-11-01");
    real.closeAllConnections();
    await once(real.close(), "close");
    expect((await fetch(`${later}@s%2fa`)).status).toBe(200);
    expect(await (await fetch(`${later}@s/a/-/a-1.0.0.tgz`)).text()).toBe("archive");
  });

  it("asks once for what several want at the same time", async () => {
    const url = await open();
    await Promise.all(Array.from({ length: 5 }, () => fetch(`${url}@s%2fa`)));
    expect(requests).toEqual(["/@s%2fa"]);
  });

  it("says 304 to who has the same already", async () => {
    const url = await open();
    const etag = (await fetch(`${url}@s%2fa`)).headers.get("etag") ?? "";
    expect((await fetch(`${url}@s%2fa`, { headers: { "if-none-match": etag } })).status).toBe(304);
  });

  it("passes on that there is no such package, once a registry that falters has said so", async () => {
    expect((await fetch(`${await open()}flaky`)).status).toBe(404);
    expect(requests).toEqual(["/flaky", "/flaky", "/flaky"]);
  });
});

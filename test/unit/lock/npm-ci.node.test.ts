import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, it } from "vitest";
import { listen } from "../../../scripts/listen.ts";
import { createLimits } from "../../../src/limits.ts";
import { printPackageLock } from "../../../src/lock/export/print-package-lock.ts";
import { createNodeHost } from "../../../src/platform/node/host.ts";
import { createMemoryProjectFiles } from "../../../src/project/project-files.ts";
import { createProjectRegistry } from "../../../src/project/project-registry.ts";
import { ProjectVerbs } from "../../../src/project/project-verbs.ts";
import { integrityOf, packArchive } from "../../fixtures/fake-registry.ts";

const PACKAGES = [
  { name: "app-kit", version: "1.0.0", dependencies: { low: "^1.0.0" }, peerDependencies: { host: ">=2" } },
  { name: "low", version: "1.4.0", bin: "cli.js" },
  { name: "low", version: "2.0.0", optionalDependencies: { "mac-only": "1" } },
  { name: "host", version: "2.1.0", dependencies: { low: "2", "app-kit": "*" } },
  { name: "mac-only", version: "1.0.0", os: ["darwin"] },
  { name: "@org/tool", version: "3.0.0", dependencies: { "old-low": "npm:low@^1.0.0" } },
] as const;

const FILES = {
  "package.json": {
    name: "root",
    version: "1.0.0",
    workspaces: ["packages/*"],
    dependencies: { "app-kit": "^1.0.0", low: "latest", alias: "npm:low@1" },
    devDependencies: { "@org/tool": "*" },
  },
  "packages/ui/package.json": { name: "ui", version: "0.1.0", dependencies: { low: "~1.4.0", host: "2" } },
};

/** What lies where afterwards. */
const VERSIONS = [
  ["node_modules/low", "2.0.0"],
  ["node_modules/alias", "1.4.0"],
  ["node_modules/app-kit/node_modules/low", "1.4.0"],
  ["packages/ui/node_modules/low", "1.4.0"],
] as const;

/** A registry of the packages above; gives its base URL and what stops it. */
async function serveRegistry(): Promise<{ base: string; close: () => void }> {
  const archives = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const manifest of PACKAGES) {
    const path = `/${manifest.name}/-/${manifest.name.replace(/^.*\//, "")}-${manifest.version}.tgz`;
    archives.set(path, await packArchive({ manifest, files: { "cli.js": "", "index.js": "" } }));
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "/");
    const archive = archives.get(path);
    const versions = PACKAGES.filter(({ name }) => `/${name}` === path);
    const body = archive ?? (versions.length === 0 ? undefined : JSON.stringify(packument(versions, base, archives)));
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": archive ? "application/gzip" : "application/json",
    });
    response.end(body ?? "{}");
  });
  const base = `http://127.0.0.1:${await listen(server)}/`;
  return { base, close: () => void server.close() };
}

function packument(
  manifests: readonly (typeof PACKAGES)[number][],
  base: string,
  archives: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): object {
  const versions = manifests.map((manifest) => {
    const path = `/${manifest.name}/-/${manifest.name.replace(/^.*\//, "")}-${manifest.version}.tgz`;
    const dist = { tarball: base + path.slice(1), integrity: integrityOf(archives.get(path) ?? new Uint8Array()) };
    return [manifest.version, { ...manifest, dist }] as const;
  });
  const latest = versions.at(-1)?.[0];
  return { name: manifests[0]?.name, "dist-tags": { latest }, versions: Object.fromEntries(versions) };
}

describe("package-lock.json of a solved project", () => {
  it("P66: npm ci takes it as it is, and installs what was solved", { timeout: 60_000 }, async ({ expect }) => {
    const { base, close } = await serveRegistry();
    const folder = mkdtempSync(join(tmpdir(), "npm-ci-"));
    try {
      const texts = Object.fromEntries(Object.entries(FILES).map(([path, file]) => [path, JSON.stringify(file)]));
      const context = { host: createNodeHost(), limits: createLimits({ attempts: 1 }), emit: () => undefined };
      const verbs = new ProjectVerbs({
        files: createMemoryProjectFiles(texts),
        registry: () => createProjectRegistry(context, base),
        now: () => Date.now(),
      });
      const { lock } = await verbs.install();
      const packageLock = printPackageLock(lock, base);
      for (const [path, text] of Object.entries({ ...texts, "package-lock.json": packageLock })) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const npm = (...args: readonly string[]) =>
        promisify(execFile)("npm", [...args, `--registry=${base}`, `--cache=${folder}/.cache`], { cwd: folder });
      await npm("ci", "--ignore-scripts", "--no-audit", "--no-fund");
      expect(readFileSync(join(folder, "package-lock.json"), "utf8")).toBe(packageLock);
      const read = (path: string): { version?: string; packages?: object } =>
        JSON.parse(readFileSync(join(folder, path), "utf8")) as { version?: string; packages?: object };
      const wanted = Object.keys((JSON.parse(packageLock) as { packages: object }).packages);
      const installed = Object.keys(read("node_modules/.package-lock.json").packages ?? {});
      expect(installed).toEqual(wanted.filter((path) => path !== "" && !path.endsWith("/mac-only")));
      for (const [path, version] of VERSIONS)
        expect([path, read(`${path}/package.json`).version]).toEqual([path, version]);
    } finally {
      close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

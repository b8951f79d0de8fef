import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, it, vi } from "vitest";
import { listen } from "../../../scripts/listen.ts";
import { runRaya } from "../../../scripts/raya/run-raya.ts";
import { ADMIN_SECRET, createFakeRegistry } from "../../worker/registry/fake-registry.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function createFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "raya-publish-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

/** A registry on this machine. */
async function startRegistry() {
  const registry = createFakeRegistry();
  const server = createServer(async (request, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const { method = "GET", url = "/" } = request;
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const response = await registry.get(`http://${request.headers.host}${url}`, { method, headers, ...body });
    answer.writeHead(response.status, Object.fromEntries(response.headers));
    answer.end(Buffer.from(await response.arrayBuffer()));
  });
  const address = `http://127.0.0.1:${await listen(server)}/`;
  return { registry, address, stop: () => server.close() };
}

const MANIFEST = '{\n  "name": "@acme/lib",\n  "version": "1.0.0",\n  "type": "module"\n}\n';

describe("the command", () => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    return () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    };
  });

  it("R101 to R104: logs in, publishes, searches and yanks", async ({ expect }) => {
    const { registry, address, stop } = await startRegistry();
    const home = createFolder({});
    vi.stubEnv("RAYA_HOME", home);
    vi.mocked(console.error).mockImplementation((text: string) => {
      const url = /http:\S+login\/\S+/.exec(text)?.[0];
      if (url === undefined) return;
      const body = new URLSearchParams({ name: "ann", key: ADMIN_SECRET });
      void fetch(url, { method: "POST", body });
    });
    const project = createFolder({ "package.json": MANIFEST, "index.js": "export const a = 1;" });
    expect(await runRaya(["login", "--registry", address])).toBe(0);
    const config = readFileSync(join(home, "config.toml"), "utf8");
    expect(config).toMatch(/"raya_[0-9a-f]{16}_/);
    expect(statSync(join(home, "config.toml")).mode & 0o077).toBe(0);
    expect(await runRaya(["publish", project, "--patch"])).toBe(0);
    expect(readFileSync(join(project, "package.json"), "utf8")).toBe(MANIFEST.replace("1.0.0", "1.0.1"));
    expect(vi.mocked(console.log).mock.lastCall?.[0]).toMatch(/^@acme\/lib@1\.0\.1 sha256:/);
    expect(await runRaya(["publish", project, "--tag", "beta"])).toBe(0);
    expect(await runRaya(["yank", "@acme/lib@1.0.1", "--reason", "no"])).toBe(0);
    expect(await runRaya(["search", "lib"])).toBe(0);
    expect(vi.mocked(console.log).mock.lastCall?.[0]).toBe("@acme/lib@1.0.1-beta.1  ");
    expect(await runRaya(["login", "--registry", address])).toBe(0);
    expect(readFileSync(join(home, "config.toml"), "utf8").match(/raya_/g)).toHaveLength(1);
    stop();
    expect(registry.requests.every((url) => url.includes("v1/search"))).toBe(true);
  });

  it("R41, R106: builds, and makes keys to sign with", async ({ expect }) => {
    const { address, stop } = await startRegistry();
    const home = createFolder({
      "config.toml": `[registry]\ndefault = "${address}"\n[registry.tokens]\n"${address}" = "${ADMIN_SECRET}"\n`,
    });
    vi.stubEnv("RAYA_HOME", home);
    const project = createFolder({
      "package.json": MANIFEST,
      "index.js": "export const a = 1;",
      "index.d.ts": "export {};",
    });
    expect(await runRaya(["build", project])).toBe(0);
    expect(readFileSync(join(project, "dist/module.rbin")).subarray(0, 4).toString()).toBe("RBIN");
    expect(JSON.parse(readFileSync(join(project, "dist/module.rdef"), "utf8"))).toMatchObject({
      package: "@acme/lib@1.0.0",
    });
    expect(existsSync(join(project, "dist/source.tgz"))).toBe(false);
    expect(await runRaya(["build", project, "--include-source"])).toBe(0);
    expect(existsSync(join(project, "dist/source.tgz"))).toBe(true);
    expect(await runRaya(["key"])).toBe(0);
    writeFileSync(join(home, "key.json"), String(vi.mocked(console.log).mock.lastCall?.[0]));
    expect(await runRaya(["publish", project, "--key", join(home, "key.json")])).toBe(0);
    expect(await runRaya(["publish", project, "--patch"])).toBe(0);
    expect(await runRaya(["publish", project, "--patch", "--key", join(home, "config.toml")])).toBe(1);
    expect(vi.mocked(console.error).mock.lastCall?.[0]).toContain("ERR_SIGNATURE_INVALID");
    stop();
  });

  it("R43: makes declarations of TypeScript with the project's own compiler, but where they are written by hand", async ({
    expect,
  }) => {
    const project = createFolder({
      "package.json": '{"name":"lib","version":"1.0.0","type":"module","main":"index.ts"}',
      "index.ts": "/** Adds. */\nexport const add = (a: number, b: number) => a + b;\n",
      "own.ts": "export const own = 1;\n",
      "own.d.ts": "export declare const own: 1;\n",
    });
    expect(await runRaya(["build", project, "--emit-rdef"])).toBe(1);
    expect(vi.mocked(console.error).mock.lastCall?.[0]).toContain("has no tsconfig.json");
    writeFileSync(join(project, "tsconfig.json"), '{"compilerOptions":{"strict":true},"include":["*.ts"]}');
    symlinkSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(project, "node_modules"));
    expect(await runRaya(["build", project, "--emit-rdef"])).toBe(0);
    expect(JSON.parse(readFileSync(join(project, "dist/module.rdef"), "utf8"))).toMatchObject({
      files: {
        "index.d.ts": "/** Adds. */\nexport declare const add: (a: number, b: number) => number;\n",
        "own.d.ts": "export declare const own: 1;\n",
      },
    });
    writeFileSync(join(project, "index.ts"), "export const add: string = 1;\n");
    expect(await runRaya(["build", project, "--emit-rdef"])).toBe(1);
    expect(vi.mocked(console.error).mock.lastCall?.[0]).toMatch(/index\.ts.*TS2322/s);
  });

  it("says what is wrong with what was typed", async ({ expect }) => {
    vi.stubEnv("RAYA_HOME", createFolder({}));
    for (const args of [
      ["publish", "--patch", "--minor"],
      ["yank", "lib"],
      ["search"],
      ["build", "/nowhere"],
      ["search", "x"],
    ])
      expect(await runRaya(args)).toBe(1);
    expect(vi.mocked(console.error).mock.lastCall?.[0]).toContain("ERR_REGISTRY_CONFIG_INVALID");
    expect(await runRaya(["search", "x", "--registry", "nowhere"])).toBe(1);
  });
});

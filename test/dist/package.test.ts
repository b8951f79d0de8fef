import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
  name: string;
  exports: Record<string, string>;
  dependencies: Record<string, string>;
}

let folder: string;
let installed: string;
let manifest: Manifest;

// Packs the package and installs it beside nothing but what it declares.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "raya-dist-"));
  manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root });
  installed = join(folder, "node_modules", manifest.name);
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", join(folder, stdout.trim()), "-C", installed, "--strip-components=1"]);
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(folder, "node_modules", name);
    await mkdir(join(link, ".."), { recursive: true });
    await symlink(join(root, "node_modules", name), link);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `code` as a module in a Node that sees the packed package, and gives what it prints. */
async function node(code: string): Promise<string> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], { cwd: folder });
  return stdout.trim();
}

describe("the packed package", () => {
  test("holds a file and its types for every export", ({ expect }) => {
    const missing = Object.values(manifest.exports)
      .flatMap((target) => (target.endsWith(".js") ? [target, target.replace(/\.js$/, ".d.ts")] : [target]))
      .filter((target) => !existsSync(join(installed, target)));
    expect(missing).toEqual([]);
  });

  test("resolves every export under its public name", async ({ expect }) => {
    const names = Object.keys(manifest.exports).map((key) => key.replace(".", manifest.name));
    const resolved = await node(`for (const name of ${JSON.stringify(names)}) console.log(import.meta.resolve(name))`);
    expect(resolved.split("\n")).toHaveLength(names.length);
  });

  test("carries no tests, no demo and no build information", async ({ expect }) => {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--silent"], { cwd: root });
    const paths: string[] = JSON.parse(stdout)[0].files.map(({ path }: { path: string }) => path);
    expect(paths.filter((path) => !/^(dist\/|package\.json$|README|LICENSE)/.test(path) || /tsbuildinfo|\.test\./.test(path))).toEqual([]);
  });

  test("the core can be imported where nothing but JavaScript is", async ({ expect }) => {
    expect(await node(`const { createLoader } = await import("raya"); console.log(typeof createLoader)`)).toBe("function");
  });

  test("raya/node can be imported in Node", async ({ expect }) => {
    expect(Number(await node(`console.log(Object.keys(await import("raya/node")).length)`))).toBeGreaterThan(0);
  });

  test("README: the program for Node runs as it is written", async ({ expect }) => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const program = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    expect(await node(program)).toMatch(/^[\w-]{21}$/);
  });
});

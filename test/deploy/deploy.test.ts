import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
const output = mkdtempSync(join(tmpdir(), "raya-deploy-"));

/** What Cloudflare takes: KiB of a worker, gzipped, without paying, and milliseconds of its start. */
const SIZE_LIMIT = 3 * 1024;
const STARTUP_LIMIT = 400;

async function run(...args: string[]): Promise<string> {
  const quiet = {
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_WRITE_LOGS: "false",
    NO_COLOR: "1",
  };
  const options = { cwd: root, env: { ...process.env, ...quiet, FORCE_COLOR: "0" } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [wrangler, ...args], options);
  return stdout + stderr;
}

function numberAfter(text: string, pattern: RegExp): number {
  const [, digits] = pattern.exec(text) ?? [];
  if (digits === undefined) throw new Error(`There is no ${String(pattern)} in:\n${text}`);
  return Number(digits);
}

describe("the worker as it is deployed", () => {
  it("is small enough, and has the bindings that wrangler.toml explains", async ({ expect }) => {
    const text = await run("deploy", "--dry-run", "--outdir", join(output, "worker"));
    const size = numberAfter(text, /gzip: ([\d.]+) KiB/);
    console.log(`  the worker: ${size} KiB gzipped of ${SIZE_LIMIT}`);
    expect(size).toBeLessThan(SIZE_LIMIT);
    for (const binding of ["RAYA_KV", "RAYA_R2", "LOGIN_LIMIT", "PUBLIC_ORIGIN", "PRIVATE_SCOPES"])
      expect(text).toContain(`env.${binding}`);
  });

  // Only told: what it takes on a machine that does other things as well says nothing of Cloudflare's.
  it("starts, and how long that takes is told", async ({ expect }) => {
    const text = await run("check", "startup", "--outfile", join(output, "startup.cpuprofile"));
    const ms = numberAfter(text, /Active: ([\d.]+) ms/);
    console.log(`  its start: ${ms} ms of ${STARTUP_LIMIT}`);
    expect(ms).toBeGreaterThan(0);
  });
});

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs exactly these versions, and what they depend on, with npm into `folder`; once.
 * @param overrides versions of what they depend on, where what they ask for cannot be had
 */
export function installPackages(
  dependencies: Readonly<Record<string, string>>,
  folder: string,
  overrides?: Readonly<Record<string, string>>,
): void {
  const manifest = JSON.stringify({ private: true, dependencies, overrides });
  const file = join(folder, "package.json");
  const complete = join(folder, "node_modules/.package-lock.json");
  if (existsSync(complete) && readFileSync(file, "utf8") === manifest) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, manifest);
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

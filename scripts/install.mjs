import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @param {string} path relative to the repository
 * @returns {Record<string, LockedPackage>} the packages of an npm lockfile by their folder, the root left out
 */
function lockedPackages(path) {
  const { "": _root, ...packages } = JSON.parse(readFileSync(new URL(path, root), "utf8")).packages;
  return packages;
}

/**
 * Whether node_modules holds what package-lock.json says. npm writes node_modules/.package-lock.json when everything
 * is in place, so an install that was broken off does not pass; packages of other platforms may be absent.
 * @returns {boolean}
 */
export function isInstalled() {
  const hidden = "node_modules/.package-lock.json";
  if (!existsSync(new URL(hidden, root)) || !existsSync(new URL("node_modules/.bin/node", root))) return false;
  const installed = lockedPackages(hidden);
  const locked = lockedPackages("package-lock.json");
  return (
    Object.keys(installed).every((path) => Object.hasOwn(locked, path)) &&
    Object.entries(locked).every(([path, wanted]) => {
      const found = installed[path];
      return found ? found.version === wanted.version && found.integrity === wanted.integrity : wanted.optional;
    })
  );
}

/** Installs the locked dependencies where they are missing; ends the process with npm's exit code when that fails. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.log("Installing the dependencies of package-lock.json (npm ci), about half a minute …");
  const started = performance.now();
  const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: fileURLToPath(root),
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (error) throw error;
  if (status !== 0) {
    console.error("npm ci failed; what it said is above. Nothing was started.");
    process.exit(status ?? 1);
  }
  console.log(`Installed in ${Math.round((performance.now() - started) / 1000)} s.`);
}

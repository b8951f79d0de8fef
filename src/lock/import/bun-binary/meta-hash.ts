import { sha512_256 } from "@noble/hashes/sha2.js";
import compareBuild from "semver/functions/compare-build.js";
import { compareText } from "../../lock.ts";
import type { BinaryPackage } from "./binary-packages.ts";
import { RESOLUTION_KINDS } from "./binary-resolution.ts";

/** What Bun counts to a project of its own packages, in the order of their records. */
const SCRIPTS = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"] as const;

/**
 * Whether a hash is that of what the file says of its packages (P22): names and versions in order, and the scripts of the project's
 * own. Releases of Bun differ in how they write workspaces, and in whether scripts count.
 */
export function isMetaHash(hash: Uint8Array, packages: readonly BinaryPackage[]): boolean {
  if (packages.length <= 1) return hash.every((byte) => byte === 0);
  const names = [
    (resolution: string) => resolution,
    (resolution: string) => resolution.replace(/^(workspace|link):/, "$1://"),
  ];
  const scripts = ["", scriptsOf(packages)];
  return names.some((print) => {
    const listed = sorted(packages.slice(1)).map(({ name, resolution, kind }) => {
      const path = kind === "folder" ? resolution.slice("file:".length) : resolution;
      return `${name}@${print(path)}\n`;
    });
    return scripts.some((block) => sameBytes(digestOf(`${listed.join("")}${block}`), hash));
  });
}

/** By name; then by what they are; then by version. */
function sorted(packages: readonly BinaryPackage[]): readonly BinaryPackage[] {
  return packages.toSorted(
    (a, b) =>
      compareText(a.name, b.name) ||
      RESOLUTION_KINDS.indexOf(a.kind) - RESOLUTION_KINDS.indexOf(b.kind) ||
      (a.kind === "npm" ? compareBuild(a.resolution, b.resolution) : compareText(a.resolution, b.resolution)),
  );
}

/** Those of the root and of the workspaces that have any. */
function scriptsOf(packages: readonly BinaryPackage[]): string {
  const own = packages.filter(
    ({ kind, hasInstallScript }, id) => id === 0 || (kind === "workspace" && hasInstallScript),
  );
  const lines = SCRIPTS.flatMap((name, index) =>
    own.flatMap(({ scripts }) => (scripts[index] ? [`${name}: ${scripts[index]}\n`] : [])),
  );
  return lines.length === 0 ? "" : `\n-- BEGIN SCRIPTS --\n${lines.join("")}\n-- END SCRIPTS --\n`;
}

function digestOf(content: string): Uint8Array {
  const text = `\n-- BEGIN SHA512/256(\`\${alphabetize(name)}@\${order(version)}\`) --\n${content}-- END HASH--\n`;
  return sha512_256(new TextEncoder().encode(text));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

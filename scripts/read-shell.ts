import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The service worker itself; the browser updates it by its own rules. */
export const SERVICE_WORKER = "service-worker.js";

/** What the page consists of, as built. */
export interface Shell {
  /** Paths from the root of the site, `/` for the page itself. Sorted. */
  readonly urls: readonly string[];
  /** Digest over paths and contents: two builds have the same one exactly when they are the same to the byte. */
  readonly build: string;
}

/** Reads the shell that a build of the page left in `outDir`. */
export function readShell(outDir: string): Shell {
  const hash = createHash("sha256");
  const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(outDir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter(isShellFile)
    .toSorted();
  for (const file of files) {
    const bytes = readFileSync(join(outDir, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return {
    urls: files.map((file) => (file === "index.html" ? "/" : `/${file}`)),
    build: hash.digest("hex").slice(0, 16),
  };
}

/** Files that the browser never asks for: settings of the static host (`_headers`), source maps, the service worker. */
function isShellFile(file: string): boolean {
  return file !== SERVICE_WORKER && !/(^|\/)[_.]/.test(file) && !file.endsWith(".map");
}

import type { PackageManifest } from "../compile/compiled-package.ts";
import { folderOf, isWithin, joinPath } from "./package-path.ts";

/** A `browser` field that is a map: paths in it start at its folder. */
export interface BrowserMap {
  readonly folder: string;
  readonly entries: Readonly<Record<string, unknown>>;
}

/** What a map says of a file or a package: another one, or (`false`) nothing. */
export type BrowserValue = string | false;

/** What may be left out at the end of a path that a `browser` map has. */
const MAP_ENDINGS = ["", "/index"].flatMap((end) =>
  ["", ".js", ".json", ".jsx", ".ts", ".tsx"].map((ext) => end + ext),
);

/** The nearest map at or above `folder`: a package.json without one (`{"type":"module"}`) does not end the search. */
export function browserMapOf(
  manifests: Readonly<Record<string, PackageManifest>>,
  folder: string,
): BrowserMap | undefined {
  for (let at = folder; ; at = folderOf(at)) {
    const entries = manifests[at]?.["browser"];
    if (typeof entries === "object" && entries !== null && !Array.isArray(entries))
      return { folder: at, entries: entries as Record<string, unknown> };
    if (at === "") return undefined;
  }
}

/** What a map says of the file at `path`; a key without an ending is meant for the file too, however it is asked for. */
export function mappedFile(map: BrowserMap, path: string): BrowserValue | undefined {
  if (path === map.folder || !isWithin(path, map.folder)) return undefined;
  const relative = map.folder === "" ? path : path.slice(map.folder.length + 1);
  const bare = relative.replace(/\.(?:js|json|mjs|cjs)$/, "");
  return mapEntry(map, relative) ?? mapEntry(map, `./${relative}`) ?? mapEntry(map, bare) ?? mapEntry(map, `./${bare}`);
}

/**
 * What a map says of a bare specifier in a file of `folder`. `node:fs` is `fs` to it, and as in Browserify a file beside the
 * importing one can stand for a package: `./util` for `util`.
 */
export function mappedBare(map: BrowserMap, folder: string, specifier: string): BrowserValue | undefined {
  const beside = joinPath(folder.slice(map.folder === "" ? 0 : map.folder.length + 1), specifier);
  const value =
    mapEntry(map, specifier) ?? mapEntry(map, specifier.replace(/^node:/, "")) ?? mapEntry(map, `./${beside}`, [""]);
  return value === specifier ? undefined : value;
}

/** The entry for a path or a package's name: as it is, with an ending added, as a folder's index. */
function mapEntry({ entries }: BrowserMap, name: string, endings = MAP_ENDINGS): BrowserValue | undefined {
  for (const end of endings) {
    const key = name + end;
    const value = Object.hasOwn(entries, key) ? entries[key] : undefined;
    if (typeof value === "string" || value === false) return value;
  }
  return undefined;
}

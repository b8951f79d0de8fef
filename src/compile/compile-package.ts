import { type ErrorJson, LoaderError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { compileModule, formatOfPath } from "./compile-module.ts";
import type { PackageManifest } from "./compiled-package.ts";
import type { CompiledModule } from "./module-analysis.ts";
import { entryFiles, requestedFiles } from "./reachable-files.ts";
import { packageType, readManifests } from "./read-manifests.ts";
import { isTransformed } from "./typescript.ts";

export type { PackageManifest } from "./compiled-package.ts";
export { nearestManifest, packageType } from "./read-manifests.ts";

/** Names the compiler in keys and artifacts; changes whenever its output does. */
export const COMPILER_ID = "raya-compiler-4";

/** A file of a compiled package. */
export interface CompiledFile {
  readonly path: string;
  /** The module's code where it has been analysed, the file's own bytes otherwise. */
  readonly bytes: Uint8Array;
  /**
   * - `module`: analysed here;
   * - `deferred`: JavaScript that is analysed when it is reached: what no entry of the package leads to, large files,
   *   minified copies, TypeScript;
   * - `failed`: source that does not parse; an error only for those who import it;
   * - `asset`: anything else.
   */
  readonly state: "module" | "deferred" | "failed" | "asset";
  readonly analysis?: CompiledModule["analysis"];
  readonly error?: ErrorJson;
}

/** A package, compiled: condition-free, for every target at once. */
export interface CompiledPackage {
  /** Folder (`""` for the package itself) → its package.json. */
  readonly manifests: Readonly<Record<string, PackageManifest>>;
  readonly files: readonly CompiledFile[];
}

/** Files that no program reaches at run time: types, source maps and texts for people. */
const LEFT_OUT =
  /(?:\.d\.[cm]?ts|\.map|\.md|\.markdown|\.tsbuildinfo|\.flow)$|(?:^|\/)(?:LICEN[CS]E|CHANGELOG|README)[^/]*$/i;
/** A second copy of what is there already, for script tags: hardly ever imported. */
const MINIFIED = /[.-]min\.[cm]?js$/;

/**
 * Compiles an unpacked archive. A pure function: the same files and `limits.analyseAtCompileBytes` give the same
 * result on every platform.
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG where the package has no readable package.json
 */
export function compilePackage(files: ReadonlyMap<string, Uint8Array>, key: string, limits: Limits): CompiledPackage {
  const manifests = readManifests(files, key);
  const paths = [...files.keys()].filter((path) => !LEFT_OUT.test(path)).toSorted();
  const compiled = new Map<string, CompiledFile>();
  const reached = entryFiles(manifests, files);
  for (let path = reached.pop(); path !== undefined; path = reached.pop()) {
    if (compiled.has(path) || LEFT_OUT.test(path)) continue;
    const file = compileFile(path, bytesOf(files, path), manifests, key, limits);
    compiled.set(path, file);
    if (file.analysis !== undefined) reached.push(...requestedFiles(path, file.analysis, files));
  }
  return { manifests, files: paths.map((path) => compiled.get(path) ?? deferFile(path, bytesOf(files, path))) };
}

function bytesOf(files: ReadonlyMap<string, Uint8Array>, path: string): Uint8Array {
  return files.get(path) ?? new Uint8Array();
}

function deferFile(path: string, bytes: Uint8Array): CompiledFile {
  return { path, bytes, state: formatOfPath(path) === undefined ? "asset" : "deferred" };
}

function compileFile(
  path: string,
  bytes: Uint8Array,
  manifests: CompiledPackage["manifests"],
  key: string,
  limits: Limits,
): CompiledFile {
  const format = formatOfPath(path);
  const large = bytes.length > limits.analyseAtCompileBytes && format !== "wasm";
  if (format === undefined || large || MINIFIED.test(path) || isTransformed(path)) return deferFile(path, bytes);
  const shownAs = `${key}/${path}`;
  try {
    const { code, analysis } = compileModule(
      { path, bytes, type: packageType(path, manifests), shownAs },
      { package: key },
    );
    const isText = analysis.format !== "wasm";
    return { path, bytes: isText ? new TextEncoder().encode(code) : bytes, state: "module", analysis };
  } catch (error) {
    if (!(error instanceof LoaderError)) throw error;
    return { path, bytes, state: "failed", error: error.toJSON() };
  }
}

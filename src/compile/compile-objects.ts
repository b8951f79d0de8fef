import type { ModuleRecord, ModuleRequest } from "../artifact/module-record.ts";
import { RECORD_FLAGS } from "../artifact/module-record.ts";
import { LoaderError } from "../errors.ts";
import { formatOfPath } from "./compile-module.ts";
import { compileRecord } from "./compile-record.ts";
import type { CompiledFile, CompiledPackage } from "./compiled-package.ts";
import { entryFiles, requestedFiles } from "./reachable-files.ts";
import { nearestManifest, packageType, readManifests } from "./read-manifests.ts";
import { readSideEffects } from "./side-effects.ts";
import { isTransformed } from "./typescript.ts";
import { fileWithin } from "./file-within.ts";

/**
 * Names the compiler in keys and artifacts; changes whenever its output does. What decides over that output is here and
 * not in the limits of a loader: whoever compiles an archive gets the same bytes.
 */
export const COMPILER_ID = "raya-compiler-5";

/** Files larger than this, in bytes, are compiled when they are reached. */
const COMPILED_AT_MOST = 1024 * 1024;
/** Files that no program reaches at run time: types, source maps and texts for people. */
const LEFT_OUT =
  /(?:\.d\.[cm]?ts|\.map|\.md|\.markdown|\.tsbuildinfo|\.flow)$|(?:^|\/)(?:LICEN[CS]E|CHANGELOG|README)[^/]*$/i;

/**
 * Compiles an unpacked archive: what its entries lead to, for all conditions at once. A pure function: the same files give
 * the same result on every platform.
 * @param key `name@version`
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG where the package has no readable package.json
 */
export function compilePackage(archive: ReadonlyMap<string, Uint8Array>, key: string): CompiledPackage {
  const files = new Map([...archive].filter(([path]) => !LEFT_OUT.test(path)));
  const manifests = readManifests(files, key);
  const compile = createCompile(files, manifests, key);
  const compiled = new Map<string, CompiledFile>();
  const reached = entryFiles(manifests, files);
  for (let path = reached.pop(); path !== undefined; path = reached.pop()) {
    const bytes = files.get(path);
    if (bytes === undefined || compiled.has(path)) continue;
    const file = compile(path, bytes);
    compiled.set(path, file);
    if (file.state === "module") reached.push(...requestedFiles(path, file.record, files));
  }
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { manifests, files: sorted.map(([path, bytes]) => compiled.get(path) ?? keepFile(path, bytes)) };
}

function keepFile(path: string, bytes: Uint8Array): CompiledFile {
  return { path, bytes, state: formatOfPath(path) === undefined ? "asset" : "deferred" };
}

function createCompile(
  files: ReadonlyMap<string, unknown>,
  manifests: CompiledPackage["manifests"],
  key: string,
): (path: string, bytes: Uint8Array) => CompiledFile {
  const isSideEffectFree = sideEffectFreedom(manifests);
  return (path, bytes) => {
    const format = formatOfPath(path);
    const isLarge = bytes.length > COMPILED_AT_MOST && format !== "wasm";
    if (format === undefined || isLarge || isTransformed(path)) return keepFile(path, bytes);
    try {
      const source = { path, bytes, type: packageType(path, manifests), shownAs: `${key}/${path}` };
      const found = compileRecord(source, { package: key });
      const record: ModuleRecord = {
        ...found,
        flags: found.flags | (isSideEffectFree(path) ? RECORD_FLAGS.sideEffectFree : 0),
        requests: found.requests.map((request) => withTarget(request, path, files)),
      };
      return { path, state: "module", record, ...(format === "wasm" ? { bytes } : {}) };
    } catch (error) {
      if (!(error instanceof LoaderError)) throw error;
      return { path, bytes, state: "failed", error: error.toJSON() };
    }
  };
}

function withTarget(request: ModuleRequest, path: string, files: ReadonlyMap<string, unknown>): ModuleRequest {
  const within = fileWithin(path, request.specifier, files);
  return within === undefined ? request : { ...request, within };
}

/** Whether the package.json that governs a file says that running it does nothing but make its exports. */
function sideEffectFreedom(manifests: CompiledPackage["manifests"]): (path: string) => boolean {
  const readers = new Map<string, (path: string) => boolean>();
  return (path) => {
    const folder = nearestManifest(path, manifests);
    const hasSideEffects = readers.get(folder) ?? readSideEffects(manifests[folder]?.["sideEffects"]);
    readers.set(folder, hasSideEffects);
    return !hasSideEffects(folder === "" ? path : path.slice(folder.length + 1));
  };
}

import { type ModuleRecord, type ModuleRequest, RECORD_FLAGS } from "../artifact/module-record.ts";
import type { ErrorDetails } from "../errors.ts";
import type { OnWritten } from "./code-writer.ts";
import { compileRecord } from "./compile-record.ts";
import type { CompiledPackage } from "./compiled-package.ts";
import { fileWithin, type FileSet } from "./file-within.ts";
import { nearestManifest, packageType } from "./read-manifests.ts";
import { readSideEffects } from "./side-effects.ts";

/** Scripts larger than this, in bytes, are not parsed but kept whole: a syntax tree takes twenty times as much memory. */
export const PARSED_AT_MOST = 4 * 1024 * 1024;

/** What has to be known of a package to compile one of its files. */
export interface PackageContents {
  /** `name@version`. */
  readonly key: string;
  readonly manifests: CompiledPackage["manifests"];
  /** Paths that modules may ask for. */
  readonly files: FileSet;
}

/** Compiles a file of the package: the same record, whether its package is compiled or the file alone is reached later. */
export type CompileFile = (
  path: string,
  bytes: Uint8Array,
  details?: ErrorDetails,
  onWritten?: OnWritten,
) => ModuleRecord;

/** @returns a function that throws what `compileRecord` does */
export function createFileCompiler({ key, manifests, files }: PackageContents): CompileFile {
  const isSideEffectFree = sideEffectFreedom(manifests);
  return (path, bytes, details = {}, onWritten?: OnWritten) => {
    const source = { path, bytes, type: packageType(path, manifests), shownAs: `${key}/${path}` };
    const record = compileRecord(source, { ...details, package: key }, PARSED_AT_MOST, onWritten);
    return {
      ...record,
      flags: record.flags | (isSideEffectFree(path) ? RECORD_FLAGS.sideEffectFree : 0),
      requests: record.requests.map((request) => withTarget(request, path, files)),
    };
  };
}

function withTarget(request: ModuleRequest, path: string, files: FileSet): ModuleRequest {
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

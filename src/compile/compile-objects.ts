import type { ModuleFormat } from "../artifact/module-record.ts";
import { LoaderError } from "../errors.ts";
import type { OnWritten } from "./code-writer.ts";
import { formatOfPath } from "./source-file.ts";
import { type CompileFile, createFileCompiler, PARSED_AT_MOST } from "./compile-package-file.ts";
import type { CompiledFile, CompiledPackage } from "./compiled-package.ts";
import { entryFiles, requestedFiles } from "./reachable-files.ts";
import { readManifests } from "./read-manifests.ts";
import { isTransformed } from "./typescript.ts";

/**
 * Names the compiler in keys and artifacts; changes whenever its output does. What decides over that output is here and
 * not in the limits of a loader: whoever compiles an archive gets the same bytes.
 */
export const COMPILER_ID = "raya-compiler-8";

/**
 * Scripts and JSON larger than this, in bytes, are compiled when they are reached: where packages are compiled, memory is
 * short. It is not for scripts that are not parsed anyway.
 */
const COMPILED_AT_MOST = 2 * 1024 * 1024;
/** Files that no program reaches at run time: types, source maps and texts for people. */
const LEFT_OUT =
  /(?:\.d\.[cm]?ts|\.map|\.md|\.markdown|\.tsbuildinfo|\.flow)$|(?:^|\/)(?:LICEN[CS]E|CHANGELOG|README)[^/]*$/i;

/** Whether a file of an archive has a place in the compiled package. */
export function isKept(path: string): boolean {
  return !LEFT_OUT.test(path);
}

/**
 * Compiles an unpacked archive: what its entries lead to, for all conditions at once. A pure function: the same files give
 * the same result on every platform.
 * @param key `name@version`
 * @param onWritten hears of each module's code
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG where the package has no readable package.json
 */
export function compilePackage(
  archive: ReadonlyMap<string, Uint8Array>,
  key: string,
  onWritten?: OnWritten,
): CompiledPackage {
  const files = new Map([...archive].filter(([path]) => isKept(path)));
  const manifests = readManifests(files, key);
  const compile = createFileCompiler({ key, manifests, files });
  const compiled = new Map<string, CompiledFile>();
  const reached = entryFiles(manifests, files);
  for (let path = reached.pop(); path !== undefined; path = reached.pop()) {
    const bytes = files.get(path);
    if (bytes === undefined || compiled.has(path)) continue;
    const file = compileFile(path, bytes, compile, onWritten);
    compiled.set(path, file);
    if (file.state === "module") reached.push(...requestedFiles(path, file.record, files));
  }
  return { manifests, files: [...files].map(([path, bytes]) => compiled.get(path) ?? keepFile(path, bytes)) };
}

function compileFile(path: string, bytes: Uint8Array, compile: CompileFile, onWritten?: OnWritten): CompiledFile {
  const format = formatOfPath(path);
  if (format === undefined || isTransformed(path) || isTooLarge(format, bytes.length)) return keepFile(path, bytes);
  try {
    const record = compile(path, bytes, {}, onWritten);
    return { path, state: "module", record, ...(format === "wasm" ? { bytes } : {}) };
  } catch (error) {
    if (!(error instanceof LoaderError)) throw error;
    // What is wrong with JSON the engine says, each in its own words: who imports the file hears it then.
    if (format === "json") return keepFile(path, bytes);
    return { path, bytes, state: "failed", error: error.toJSON() };
  }
}

function isTooLarge(format: ModuleFormat, size: number): boolean {
  if (format === "wasm" || format === "css") return false;
  return size > COMPILED_AT_MOST && (format === "json" || size <= PARSED_AT_MOST);
}

function keepFile(path: string, bytes: Uint8Array): CompiledFile {
  return { path, bytes, state: formatOfPath(path) === undefined ? "asset" : "deferred" };
}

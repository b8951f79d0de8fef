import type { ModuleRecord } from "../artifact/module-record.ts";
import type { ErrorJson } from "../errors.ts";

/** A package, compiled: condition-free, for every target at once. */
export interface CompiledPackage {
  /** Folder (`""` for the package itself) → what the linker reads of its package.json. */
  readonly manifests: Readonly<Record<string, PackageManifest>>;
  readonly files: readonly CompiledFile[];
}

/** Fields of a package.json that the linker reads. */
export type PackageManifest = Readonly<Record<string, unknown>>;

/** A file of a compiled package. Paths are relative to the package, without `.` and `..`. */
export type CompiledFile =
  /** Compiled: the record, and for WebAssembly the file's bytes; the bytes of all others are the record's code. */
  | { readonly path: string; readonly state: "module"; readonly record: ModuleRecord; readonly bytes?: Uint8Array }
  /**
   * Code that is compiled when it is reached: what no entry of the package leads to, large files, TypeScript. Its own
   * bytes.
   */
  | { readonly path: string; readonly state: "deferred"; readonly bytes: Uint8Array }
  /** Source that does not parse; an error only for those who import it. Its own bytes. */
  | { readonly path: string; readonly state: "failed"; readonly bytes: Uint8Array; readonly error: ErrorJson }
  /** Anything else. Its own bytes. */
  | { readonly path: string; readonly state: "asset"; readonly bytes: Uint8Array };

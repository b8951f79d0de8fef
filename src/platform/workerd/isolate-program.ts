import type { AheadImport } from "../../run/image.ts";

/** A file of a program that runs in an isolate. */
export interface IsolateFile {
  readonly bytes: ArrayBuffer;
  readonly type: string;
}

/** An `import()` of the program: the entry to import when the modules have been imported, or its error. */
export type IsolateImport = Omit<AheadImport, "outcome"> & {
  readonly outcome:
    | { readonly entry: string; readonly names: readonly string[]; readonly wasm: readonly string[] }
    | object;
};

/** What the main module of an isolate knows of its program. */
export interface IsolateProgram {
  readonly entry: string;
  readonly base: string;
  readonly mode: string;
  /** Names of modules of the isolate that are the image, in the order in which they are imported. */
  readonly names: readonly string[];
  /** URLs of WebAssembly modules that the image imports. */
  readonly wasm: readonly string[];
  readonly imports: readonly IsolateImport[];
  /** Compiled WebAssembly, by URL, and by fingerprint. */
  readonly compiled: Readonly<Record<string, WebAssembly.Module>>;
  readonly files: Readonly<Record<string, IsolateFile>>;
  /** The runtime's own modules that it imports, by specifier. */
  readonly builtins: Readonly<Record<string, unknown>>;
  /** Imports a module of the isolate. */
  load(name: string): Promise<unknown>;
}

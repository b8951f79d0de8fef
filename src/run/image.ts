import type { ErrorJson } from "../errors.ts";

/**
 * An image is what the linker makes and a realm runs: modules whose specifiers are already resolved. It is plain data
 * (structured clone), so it can be posted to a worker or a sandboxed frame.
 */
export interface Image {
  /** URL of the module to import first. */
  readonly entry: string;
  /** Prefix of every module URL, ends with `/`; also the base of relative URLs that the program makes. */
  readonly base: string;
  /** `process.env.NODE_ENV` of the program. */
  readonly mode: string;
  /** Whether it takes modules and global names of Node from its realm. */
  readonly nodeBuiltins: boolean;
  readonly modules: readonly ImageModule[];
  /** URLs of WebAssembly modules that are compiled before anything of it runs. */
  readonly wasm: readonly string[];
  /** As of an `ImagePart`. */
  readonly exports?: readonly string[];
  /** What a realm that cannot ask for more later has with it; only where images are linked for isolates. */
  readonly ahead?: LinkedAhead;
}

/** What a running program may want, as far as its text tells. */
export interface LinkedAhead {
  /** One for each `import()` of a literal, in the order in which they are linked. */
  readonly imports: readonly AheadImport[];
  /** URLs of files that it may fetch: those that `new URL("x", import.meta.url)` names, and WebAssembly. */
  readonly assets: readonly string[];
}

/** An `import()` that has been linked, or has failed, before it is called. */
export interface AheadImport {
  readonly specifier: string;
  /** URL of the module that has it. */
  readonly referrer: string;
  /** As in `RealmServices.importModule`. */
  readonly type?: string;
  readonly outcome: ImagePart | ErrorJson;
}

/** One module, ready to be given to the engine. */
export interface ImageModule {
  /** Its identity, `import.meta.url`, and the name shown in stack traces. */
  readonly url: string;
  /**
   * `esm`: a native module, every static specifier in it the URL of another module of the image.
   * `script`: a classic script that registers a CommonJS module with the realm.
   */
  readonly kind: "esm" | "script";
  readonly code: string;
}

/** What an `import()` at run time adds to a running realm. */
export interface ImagePart {
  /** URL of the module that was asked for. */
  readonly entry: string;
  /** Modules the realm does not have yet. */
  readonly modules: readonly ImageModule[];
  readonly wasm: readonly string[];
  /** What the entry exports, as far as it can be told before it runs; only of images. */
  readonly exports?: readonly string[];
}

/** A file that a running program fetches: package files and project files under the image's base. */
export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** What a running realm may ask of the loader. */
export interface RealmServices {
  /**
   * `import(specifier)` from `referrer`: loads, verifies and links what is missing. `type` is that of the import attributes,
   * `source` for `import.source()`, or `defer` for `import.defer()`: what these give is the entry's `default`.
   */
  importModule(specifier: string, referrer: string, type?: string): Promise<ImagePart>;
  /** The verified file that `url` names, or undefined if no loaded package or project has it. */
  readAsset(url: string): Promise<Asset | undefined>;
  /**
   * Rewrites the places in images that a text names (`https://app.test/~/image-0.js:3:14`, as stacks and messages do) into
   * places in the files that were linked into them; calls in a stack that the linker made are left out.
   */
  locate(text: string): Promise<string>;
  /** Loads, verifies and links what a new worker runs: a realm of its own. */
  linkWorker(script: WorkerScript): Promise<WorkerProgram>;
}

/** What `new Worker()` is given. */
export interface WorkerScript {
  /** Absolute: an address of the program, of another site, or a `blob:` or `data:` URL. */
  readonly url: string;
  readonly type: "classic" | "module";
  /** What is behind a `blob:` or `data:` URL, which only the realm that made it can read. */
  readonly text?: string;
}

/** A worker's program, and what it may ask for. */
export interface WorkerProgram extends RealmServices {
  /** Its entry is a key of `scripts` where the worker is a classic script. */
  readonly image: Image;
  /** Classic scripts that `importScripts()` may ask for, by absolute URL. */
  readonly scripts: Readonly<Record<string, string>>;
}

/** A program that has been started. */
export interface Realm {
  /** Settles when the entry has been evaluated: its namespace where it can be handed over, else undefined. */
  readonly namespace: unknown;
  dispose(): void;
}

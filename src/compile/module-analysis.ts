/** The formats a module can have once it is compiled. */
export type ModuleFormat = "esm" | "commonjs" | "json" | "css" | "wasm";

/** How a request is made. */
export type RequestKind = "import" | "export-all" | "dynamic" | "require" | "resolve";

/** A request that only counts when NODE_ENV (not) equals `value`. */
export interface NodeEnvGuard {
  readonly value: string;
  readonly equals: boolean;
}

/** One place of a module that names another one. Offsets count UTF-16 units of the module's code. */
export interface ModuleRequest {
  readonly specifier: string;
  readonly kind: RequestKind;
  /** What the linker replaces: the specifier's literal with its quotes; for `resolve` the whole call. */
  readonly start: number;
  readonly end: number;
  /** Names that are imported or re-exported; `*` is the namespace. */
  readonly names: readonly string[];
  /** Range of `* as x`: the linker puts a named import there where the namespace is CommonJS. */
  readonly namespace?: readonly [start: number, end: number];
  /** `type` of the import attributes; `source` for `import source`. */
  readonly type?: string;
  /** Range of `with { … }`, or of the word `source`, cut out by the linker. */
  readonly attributes?: readonly [start: number, end: number];
  readonly guard?: NodeEnvGuard;
}

/** Other places that the linker replaces. */
export interface ModuleEdit {
  readonly kind: "import-meta" | "import-call" | "node-env";
  readonly start: number;
  readonly end: number;
}

/** All that the linker needs to know of a module, so that it need not parse. Plain JSON. */
export interface ModuleAnalysis {
  readonly format: ModuleFormat;
  readonly requests: readonly ModuleRequest[];
  readonly edits: readonly ModuleEdit[];
  /** Names it exports itself; for CommonJS the ones that can be told without running it. */
  readonly exports: readonly string[];
  /** Exported name → where it comes from: index into `requests`, name there. */
  readonly reexports: Readonly<Record<string, readonly [request: number, name: string]>>;
  /** CommonJS: specifiers whose exports become this module's own (`module.exports = require("x")`). */
  readonly forwards: readonly string[];
  /** Free names that browsers lack and that are given to it: `process`, `global`. */
  readonly needs: readonly string[];
}

/** An analysis of a module that imports nothing and needs nothing. */
export function emptyAnalysis(format: ModuleFormat): ModuleAnalysis {
  return { format, requests: [], edits: [], exports: [], reexports: {}, forwards: [], needs: [] };
}

/** A module after the only stage that parses. */
export interface CompiledModule {
  /** JavaScript, lines as in the source; for JSON and CSS the text itself; empty for Wasm. */
  readonly code: string;
  readonly analysis: ModuleAnalysis;
}

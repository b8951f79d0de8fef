/**
 * A module record is one compiled module: all that the linker needs, so that it need not parse. Compiling makes it,
 * `.rbin` keeps it, linking reads it and never changes it. Positions are UTF-16 offsets into `code`.
 */
export interface ModuleRecord {
  /** Path inside its package; for other modules the name that messages use. */
  readonly path: string;
  readonly format: ModuleFormat;
  /** Sum of `RECORD_FLAGS`. */
  readonly flags: number;
  /**
   * - `esm`: statements without comments, import declarations and export syntax, one part after the other;
   * - `commonjs`: the body of the module's function, without comments;
   * - `json`, `css`: the text itself; `wasm`: empty.
   */
  readonly code: string;
  /** For each line of `code` its line in the source, from 1. */
  readonly lines: readonly number[];
  /** In source order, one for each different (kind, specifier, type, phase, guard). */
  readonly requests: readonly ModuleRequest[];
  /** Bindings of the top level, imports included; relocations name them by index. Empty for other formats than `esm`. */
  readonly symbols: readonly ModuleSymbol[];
  /** Exported names with a symbol of this module, `default` included. */
  readonly exports: readonly LocalExport[];
  /** `export { a as b } from`, `export * as b from`, and exports of imported bindings. */
  readonly reexports: readonly IndirectExport[];
  /** Requests of `export * from`. */
  readonly stars: readonly number[];
  /** CommonJS and Wasm: export names that can be told without running it. Those of JSON are in its text: `exportNames`. */
  readonly names: readonly string[];
  /** CommonJS: requests whose exports become this module's own (`module.exports = require("x")`). */
  readonly forwards: readonly number[];
  /**
   * Names that scopes below the top level declare, as far as they can capture a reference that gets another name: all of them
   * where something is imported, or a symbol is an alias; else those that end as names the linker makes, `$1`. `esm` only.
   */
  readonly nested: readonly string[];
  /** Free names. `esm`: all of them; `commonjs`: those of `INJECTED_NAMES`. */
  readonly globals: readonly string[];
  readonly guards: readonly NodeEnvGuard[];
  /** Top-level statements, `PART_STRIDE` numbers each: see `PART`. */
  readonly parts: Numbers;
  /** Symbols that the parts declare, in the order of the parts. */
  readonly declares: Numbers;
  /** Places to rewrite, by position, `RELOCATION_STRIDE` numbers each: see `RELOCATION`. */
  readonly relocations: Numbers;
  /** What MEMBER relocations name. */
  readonly strings: readonly string[];
  /** WebAssembly: what the module declares, in its own order. */
  readonly wasm?: WasmInterface;
}

/** Numbers of a record: their own list, or a view of those of many. */
export type Numbers = readonly number[] | Int32Array;

/** The formats a module can have once it is compiled. */
export type ModuleFormat = "esm" | "commonjs" | "json" | "css" | "wasm";

/** How a request is made. `export *` and `export … from` are imports. */
export type RequestKind = "import" | "dynamic" | "require" | "resolve" | "asset" | "worker";

/** One thing that a module asks for. */
export interface ModuleRequest {
  readonly specifier: string;
  /**
   * `resolve`: `import.meta.resolve("x")`, `require.resolve("x")`; `asset`: `new URL("x", import.meta.url)`;
   * `worker`: the same as argument of `new Worker()` or `new SharedWorker()`.
   */
  readonly kind: RequestKind;
  /** `type` of the import attributes. */
  readonly type?: string;
  /** `mode` of the import attributes: only what the project's own modules state counts, so artifacts do not have it. */
  readonly mode?: string;
  /** `import source`, `import defer`. */
  readonly phase?: "source" | "defer";
  /** Of the specifier in the source, from 1. */
  readonly line: number;
  readonly column: number;
  /** It is only made where this holds. */
  readonly guard?: NodeEnvGuard;
  /** The path in the same package that a relative specifier names exactly (`./a.js`, the file exists); condition-free. */
  readonly within?: string;
}

/** Holds when NODE_ENV equals, or does not equal, `value`. */
export interface NodeEnvGuard {
  readonly value: string;
  readonly equals: boolean;
}

/** A binding of an ES module's top level. */
export interface ModuleSymbol {
  /** As it stands in `code`. */
  readonly name: string;
  readonly kind: SymbolKind;
  /** Sum of `SYMBOL_FLAGS`. */
  readonly flags: number;
  /** Of `import` and `namespace`: where it comes from. */
  readonly request?: number;
  /** Of `import`: the name there (`default` included; `*source*` for `import source`, `*` for `import defer`). */
  readonly imported?: string;
  /**
   * Of the constant that `export default x` makes: the symbol `x`, where `x` is a function, or declared by an earlier
   * part, and never assigned again. Linked modules that are in no cycle may take one for the other.
   */
  readonly aliasOf?: number;
}

export type SymbolKind = "import" | "namespace" | "var" | "function" | "let" | "const" | "class";

export const SYMBOL_FLAGS = {
  /** Assigned after its declaration, or a `var` or function that is declared or assigned more than once. */
  assigned: 1,
  /** An anonymous `export default function` or class: its `name` is "default". */
  anonymousDefault: 2,
  /** A function marked with NO_SIDE_EFFECTS: a call of it whose result is unused may go. */
  pureFunction: 4,
} as const;

export interface LocalExport {
  readonly name: string;
  readonly symbol: number;
}

export interface IndirectExport {
  readonly name: string;
  readonly request: number;
  /** The name there; `*` is the namespace. */
  readonly imported: string;
}

export const RECORD_FLAGS = {
  topLevelAwait: 1,
  /** A direct `eval`: it can see and name every binding. */
  directEval: 2,
  importMeta: 4,
  /** An `import()` whose argument is not a literal. */
  computedImport: 8,
  /** CommonJS that sets `__esModule`. */
  esModule: 16,
  /** package.json `sideEffects` says that running it does nothing but make its exports. */
  sideEffectFree: 32,
  /** CommonJS whose own text is strict. */
  strict: 64,
  /** Too big to analyse: `code` is the whole source, requests were found by scanning. */
  whole: 128,
  /** A `using` or `await using` at its top level, which is disposed when the module has run. `esm` only. */
  disposes: 256,
} as const;

/** Free names that browsers lack and that are given to a module that uses them. */
export const INJECTED_NAMES = ["process", "Buffer", "global", "setImmediate", "clearImmediate"] as const;

/** Fields of a part. A part is whole statements: it can be dropped, and its end is a safe place for a seam. */
export const PART = {
  /** Offset in `code` after its last character, which is a newline; it begins where the one before ends. */
  end: 0,
  /** A value of `PURITY`. */
  purity: 1,
  /** For `PURITY.ifFunction` a symbol, for `PURITY.ifGuard` a guard, else 0. */
  condition: 2,
  /** Index in `declares` after its last symbol. */
  declaresEnd: 3,
  /** Index of the first relocation after it, counted in relocations. */
  relocationsEnd: 4,
} as const;
export const PART_STRIDE = 5;

/** What evaluating a part does beside making its symbols. */
export const PURITY = {
  /** Anything. */
  impure: 0,
  /** Nothing. */
  pure: 1,
  /** Nothing, unless the module is in a cycle, where a binding may be read too early (temporal dead zone). */
  unlessCyclic: 2,
  /** Nothing, if the symbol `condition` stands for a function marked with NO_SIDE_EFFECTS and the module is in no cycle. */
  ifFunction: 3,
  /** Nothing, where the guard `condition` does not hold; anything where it does. */
  ifGuard: 4,
} as const;

/** Fields of a relocation: position and length in `code`, kind, and two numbers that depend on it. */
export const RELOCATION_STRIDE = 5;

/** Kinds of relocations. a and b are their fourth and fifth number, 0 where nothing is said. */
export const RELOCATION = {
  /** A reference to, or the declaration of, symbol a. Length: that of its name. */
  reference: 0,
  /** `{ x }` in an object literal or pattern, symbol a: becomes `x: y`, or `["__proto__"]: y`. Length: that of its name. */
  shorthand: 1,
  /** Symbol a as the callee of a call or the tag of a template: a member expression in its place needs `(0, m.x)`. */
  callee: 2,
  /**
   * `x.p` or `x["p"]`, symbol a an import, strings[b] = p; not a target of assignment, update or delete, not `?.`. Length:
   * all of it; it begins with the name.
   */
  member: 3,
  /** The same as a callee or tag. */
  memberCallee: 4,
  /** `import.meta`. */
  meta: 5,
  /** The word `import` of an `import()`; a: its request, or -1. Length: up to the parenthesis (`import`, `import.source`). */
  dynamicImport: 6,
  /** `process.env.NODE_ENV`. */
  nodeEnv: 7,
  /**
   * A branch that only runs where guard a holds; b: 0 a statement, 1 an expression. It declares nothing that is visible
   * outside of it. Relocations inside of it follow; none of them stands at its end, which is where what is outside may.
   */
  branch: 8,
  /** Length 0: before the declaration of class a. Neither its name there nor references to it inside of it are relocations. */
  classStart: 9,
  /** Length 0: after that class. */
  classEnd: 10,
  /** Length 0: before an anonymous function or class that takes its name from symbol a. */
  nameStart: 11,
  /** Length 0: after it. */
  nameEnd: 12,
  /** Symbol a, an import, as the target of an assignment or update: throws a TypeError when it is executed. */
  assignImport: 13,
  /** The same as `{ x }` in a pattern, with or without a default. */
  assignImportShorthand: 14,
  /** A whole `import.meta.resolve("x")` or `require.resolve("x")`; a: its request. */
  resolve: 15,
  /** `this` of the top level. `esm` only. */
  topLevelThis: 16,
  /** The word `require` of `require("x")` in an ES module; a: its request. CommonJS gets `require` as a parameter. */
  require: 17,
} as const;

/** Imports and exports of a WebAssembly module. */
export interface WasmInterface {
  readonly imports: readonly { readonly module: string; readonly name: string; readonly kind: WasmKind }[];
  readonly exports: readonly { readonly name: string; readonly kind: WasmKind }[];
}

export type WasmKind = "function" | "table" | "memory" | "global" | "tag";

/** A record with nothing in it. */
export function emptyRecord(path: string, format: ModuleFormat): ModuleRecord {
  return {
    path,
    format,
    flags: 0,
    code: "",
    lines: [],
    requests: [],
    symbols: [],
    exports: [],
    reexports: [],
    stars: [],
    names: [],
    forwards: [],
    nested: [],
    globals: [],
    guards: [],
    parts: [],
    declares: [],
    relocations: [],
    strings: [],
  };
}

import { LoaderError } from "../../errors.ts";

/**
 * The layout of a partial link, which `docs/linking.md` describes: numbers of 32 bits, little-endian, so that all of them can
 * be looked at where they lie, then four texts. It is made and read by one build of Raya, which its key names, and never
 * leaves the store it was put into.
 */
export const MAGIC = 0x4b4e494c;

/** The first numbers: the magic one, bytes of the four texts, how many modules and strings there are; rows of every table. */
export const HEAD = {
  magic: 0,
  about: 1,
  strings: 2,
  ascii: 3,
  other: 4,
  modules: 5,
  stringCount: 6,
  rows: 7,
} as const;

/** Tables of numbers, each with the numbers of one row. All but the first have, for every module, a run of rows. */
const WIDTHS = {
  modules: 6,
  requests: 8,
  symbols: 8,
  exports: 2,
  reexports: 3,
  stars: 1,
  names: 1,
  forwards: 1,
  nested: 1,
  dollars: 1,
  globals: 1,
  guards: 2,
  parts: 5,
  declares: 1,
  relocations: 5,
  strings: 1,
  lines: 2,
} as const;

export type TableName = keyof typeof WIDTHS;

export const TABLE_NAMES = Object.keys(WIDTHS) as readonly TableName[];
export const TABLE_WIDTHS: readonly number[] = Object.values(WIDTHS);
export const TABLE = Object.fromEntries(TABLE_NAMES.map((name, index) => [name, index])) as Record<TableName, number>;

/** Numbers of a row of `modules`. A module that is loaded anew has no package; its path is its place among those. */
export const MODULE = { package: 0, path: 1, format: 2, flags: 3, codeStart: 4, codeLength: 5 } as const;
export const NO_PACKAGE = -1;
/** Bits of a module's format; what is below them is the format. */
export const FORMAT_BITS = { format: 7, nodeMode: 8, ascii: 16 } as const;

/** Numbers of a row of `requests`. Strings, guards and types are numbered from 1, 0 is none. */
export const REQUEST = {
  specifier: 0,
  /** Of `REQUEST_KINDS`; four bits above it the phase. */
  kind: 1,
  line: 2,
  column: 3,
  type: 4,
  /** Its value; whether that has to be equal is the sign. */
  guard: 5,
  target: 6,
  targetValue: 7,
} as const;

/** Where a request leads: a module, an address (a string), an error (a string of JSON). */
export const TARGET = { later: 0, module: 1, address: 2, failed: 3 } as const;

/** Numbers of a row of `symbols`. What is optional is one more than what it says, 0 is none. */
export const SYMBOL = {
  name: 0,
  kind: 1,
  flags: 2,
  request: 3,
  imported: 4,
  aliasOf: 5,
  /** What an import stands for: a value of `BINDING`, its module's number in four bits and more. */
  binding: 6,
  bindingValue: 7,
} as const;

export const BINDING = { none: 0, symbol: 1, namespace: 2, member: 3, missing: 4 } as const;
/** Set where the module that is asked has the export itself: nothing hands it on. */
export const DIRECT = 8;

/** What a partial link says of itself, as JSON. */
export interface PartialAbout {
  /** What it was made from, see `inputs` in `load/`. */
  readonly inputs: string;
  readonly packages: readonly PartialPackage[];
  /** Modules that are loaded anew: those of Node, WebAssembly, files that are imported with attributes. */
  readonly others: readonly PartialReference[];
  /** What requests of the project lead to, by `entryKey`. */
  readonly entries: Readonly<Record<string, number>>;
}

/** A package as reports and the lockfile need it. */
export interface PartialPackage {
  /** As modules' owners name it. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly archiveSize: number;
  readonly archiveSha256: string;
  readonly integrity: string;
}

/** A `ModuleReference`, its URL without the base. */
export interface PartialReference {
  readonly url: string;
  readonly owner: unknown;
  readonly path: string;
  readonly type?: string;
}

export function invalidPartial(reason: string, cause?: unknown): LoaderError {
  return new LoaderError(
    "ERR_ARTIFACT_INVALID",
    `The stored partial link cannot be read: ${reason}`,
    { reason },
    cause,
  );
}

import { LoaderError } from "../errors.ts";
import { RELOCATION } from "./module-record.ts";

/**
 * The layout of `.rbin`, which `docs/rbin.md` describes. Seven numbers of 32 bits, little-endian, then the sections whose
 * lengths they give. All but the last section are the index; the last, `content`, holds the files' bytes one after the
 * other and reaches to the end. A short one is part of the index; only then its length is not 0 here.
 */
export const PREFIX = { magic: 0, version: 4, about: 8, files: 12, strings: 16, records: 20, content: 24 } as const;
export const PREFIX_LENGTH = 28;

/**
 * The content of a package is part of its index up to this length, bytes: digests of its files would weigh more than it is
 * worth to fetch them one by one.
 */
const INDEXED_CONTENT = 32 * 1024;

/** How much of a content of so many bytes is part of the index: all, or nothing. */
export function indexedLength(length: number): number {
  return length > INDEXED_CONTENT ? 0 : length;
}

/** `RBIN`. */
export const MAGIC = 0x4e494252;
/** Of the layout. Readers refuse any other. */
export const VERSION = 4;

/** Bytes of a SHA-256. */
export const DIGEST_LENGTH = 32;

/** The largest number in a record: offsets, lengths and indexes all fit. */
export const MAX_NUMBER = 0x7fffffff;

/** What a package was compiled from, and by what. */
export interface RbinHeader {
  /** `name@version`. */
  readonly package: string;
  readonly compiler: string;
  /** Integrity of the archive, SRI: its SHA-512 first, and its SHA-1, by which old versions are known. */
  readonly integrity: string;
  /** SHA-256 of the archive, 64 hex digits. */
  readonly archiveSha256: string;
  /** Compressed, bytes. */
  readonly archiveSize: number;
}

/** Numbers of enumerations are their places in these lists. */
export const FILE_STATES = ["module", "deferred", "failed", "asset"] as const;
export const MODULE_FORMATS = ["esm", "commonjs", "json", "css", "wasm"] as const;
export const REQUEST_KINDS = ["import", "dynamic", "require", "resolve", "asset", "worker"] as const;
export const REQUEST_PHASES = [undefined, "source", "defer"] as const;
export const SYMBOL_KINDS = ["import", "namespace", "var", "function", "let", "const", "class"] as const;
export const WASM_KINDS = ["function", "table", "memory", "global", "tag"] as const;

/** Bits of a record's second number: the tables that it has, in the order in which they come. */
export const TABLES = {
  requests: 1 << 0,
  symbols: 1 << 1,
  strings: 1 << 2,
  guards: 1 << 3,
  relocations: 1 << 4,
  exports: 1 << 5,
  parts: 1 << 6,
  nested: 1 << 7,
  globals: 1 << 8,
  reexports: 1 << 9,
  stars: 1 << 10,
  names: 1 << 11,
  forwards: 1 << 12,
  wasm: 1 << 13,
} as const;

/**
 * Bits of a request's first number; the lowest three are its kind. `within`: its second number is the index of a file,
 * and its specifier is the shortest way to name that file, unless `written` says that the specifier follows.
 */
export const REQUEST_BITS = {
  kind: 7,
  within: 8,
  phase: 4,
  phaseMask: 3,
  type: 64,
  guard: 128,
  written: 256,
} as const;

/** Bits of a symbol's first number; the lowest three are its kind, the next three its flags. */
export const SYMBOL_BITS = { kind: 7, flags: 3, flagsMask: 7, alias: 64 } as const;

/** Bits of a part's second number. */
export const PART_BITS = { purity: 7, declares: 3 } as const;

/** Bits of a relocation's first number: its kind, and whether its length is written. */
export const RELOCATION_BITS = { kind: 31, length: 32 } as const;

/** What the fourth number of a relocation names. */
export const OPERAND = { none: 0, symbol: 1, request: 2, requestOrNone: 3, guard: 4 } as const;

/** A length that is that of the symbol's name, or for a member of `name.property`. */
export const NAME_LENGTH = -1;
export const MEMBER_LENGTH = -2;

/** What is written of a relocation beside its kind and position. */
export interface RelocationShape {
  /** What its fourth number names: a value of `OPERAND`. */
  readonly operand: number;
  /** Whether its fifth number means something. */
  readonly hasSecond: boolean;
  /** How long it is where its length is not written. */
  readonly length: number;
}

/** By kind of relocation. */
export const RELOCATION_SHAPES: readonly RelocationShape[] = (() => {
  const { none, symbol, request, requestOrNone, guard } = OPERAND;
  const shapes: Record<keyof typeof RELOCATION, readonly [operand: number, length: number]> = {
    reference: [symbol, NAME_LENGTH],
    shorthand: [symbol, NAME_LENGTH],
    callee: [symbol, NAME_LENGTH],
    member: [symbol, MEMBER_LENGTH],
    memberCallee: [symbol, MEMBER_LENGTH],
    meta: [none, "import.meta".length],
    dynamicImport: [requestOrNone, "import".length],
    nodeEnv: [none, "process.env.NODE_ENV".length],
    branch: [guard, 0],
    classStart: [symbol, 0],
    classEnd: [symbol, 0],
    nameStart: [symbol, 0],
    nameEnd: [symbol, 0],
    assignImport: [symbol, NAME_LENGTH],
    assignImportShorthand: [symbol, NAME_LENGTH],
    resolve: [request, 0],
    topLevelThis: [none, "this".length],
    require: [request, "require".length],
  };
  const byKind: RelocationShape[] = [];
  for (const [name, kind] of Object.entries(RELOCATION)) {
    const [operand, length] = shapes[name as keyof typeof RELOCATION];
    byKind[kind] = { operand, length, hasSecond: length === MEMBER_LENGTH || kind === RELOCATION.branch };
  }
  return byKind;
})();

/** The error for an artifact that is not as it should be. */
export function invalidRbin(key: string, reason: string, cause?: unknown): LoaderError {
  const message = `The artifact of "${key}" cannot be read: ${reason}`;
  return new LoaderError("ERR_ARTIFACT_INVALID", message, { package: key, reason }, cause);
}

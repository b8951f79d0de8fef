/** What a module of Node exports. */
export type Members = Record<string, unknown>;

/** What the code of this folder gets: it reaches realms as text, and uses nothing from outside of itself. */
export interface BuiltinRealm {
  /** The realm's global object. */
  readonly global: RealmGlobal;
  /** Prefix of module URLs, ends with `/`. */
  readonly base: string;
  /** `process`, `global`, `setImmediate`, `clearImmediate` of the realm. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Exports of one of the modules of Node that the table says it uses. */
  readonly require: (name: string) => Members;
  /** A function that throws ERR_BUILTIN_UNAVAILABLE when it is called, for something of the module. */
  readonly unavailable: (member: string) => (...values: unknown[]) => never;
}

/** What of the platform is used. Any of it may be missing. */
export type RealmGlobal = typeof globalThis & Readonly<Record<string, unknown>>;

/**
 * Makes what a browser has natively, or what follows from having no machine below, of a module of Node: what it gives
 * is put on the polyfill's exports, or is all there is.
 */
export type BuiltinParts = (polyfill: Members, realm: BuiltinRealm) => Members;

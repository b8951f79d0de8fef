/**
 * Every numeric cap of the loader, in one table. Sizes are bytes, times are milliseconds.
 * A caller may tighten or widen single entries through `LoaderOptions.limits`.
 */
export const DEFAULT_LIMITS = {
  /** One packument, as it comes from the upstream (the largest real ones are about 20 MB). */
  packumentBytes: 64 * 1024 * 1024,
  /** One archive, compressed. */
  archiveBytes: 64 * 1024 * 1024,
  /** One archive, unpacked: guards against decompression bombs. */
  unpackedBytes: 256 * 1024 * 1024,
  /** Files in one archive. */
  archiveEntries: 50_000,
  /** One module fetched from a URL. */
  urlModuleBytes: 32 * 1024 * 1024,
  /** Files larger than this are analysed when they are reached, not when their package is compiled. */
  analyseAtCompileBytes: 1024 * 1024,
  /** Modules in one program. */
  modules: 20_000,
  /** Packages in one lockfile. */
  packages: 5_000,
  /** Redirects followed for one URL. */
  redirects: 10,
  /** Requests in flight at once. */
  parallelFetches: 16,
  /** Without a response head or the next chunk for this long, a request has timed out. */
  fetchTimeout: 30_000,
  /** Attempts for one request, the first included. */
  attempts: 3,
  /** Wait before the second attempt; doubles for each one after it. */
  retryDelay: 250,
} as const satisfies Record<string, number>;

/** The caps in force for one loader. */
export type Limits = { readonly [Name in keyof typeof DEFAULT_LIMITS]: number };

/** The defaults with the caller's changes laid over them. */
export function createLimits(changes: Partial<Limits> = {}): Limits {
  return { ...DEFAULT_LIMITS, ...changes };
}

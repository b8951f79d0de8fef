import type { LoaderOptions, LoadOptions } from "../loader.ts";
import type { Lock } from "../lock/lock.ts";
import type { SolveContext } from "../solve/gather-metadata.ts";
import { newestAllowed } from "../solve/newest-allowed.ts";
import type { SolveOptions } from "../solve/solve-project.ts";
import type { LoadContext } from "./load-context.ts";
import { loadPackument } from "./load-packument.ts";
import { notCachedError } from "./offline-errors.ts";
import { ProgramLock } from "./program-lock.ts";
import { tellDecisions } from "./tell-decisions.ts";

/**
 * The lock of a program, which asks registries and archives for what it lacks.
 * @param offered gives the lock that an edge has made of the same imports, if there is one
 * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION, ERR_INVALID_PACKAGE_CONFIG
 */
export function createProgramLock(
  files: ReadonlyMap<string, string>,
  { lockfile, frozen = false, cacheSetting, signal }: LoadOptions,
  context: LoadContext,
  offered: (isFinal: boolean) => Promise<Lock | undefined>,
): ProgramLock {
  const { emit, limits, metadataAhead, registry, remoteArchives, options } = context;
  const storedOnly = cacheSetting === "only";
  const ages = agesOf(options);
  const boundOf = newestAllowed(ages);
  const packument = (name: string, referrer: string) =>
    loadPackument(name, referrer, context, { storedOnly, signal, bound: boundOf(name) });
  const prefetch: SolveContext["prefetch"] =
    metadataAhead && ((question) => metadataAhead(question, { storedOnly, signal }));
  const remote = async (source: string, referrer: string) => {
    if (storedOnly) throw notCachedError(source, { specifier: source, referrer });
    return remoteArchives.manifest(source, referrer);
  };
  return new ProgramLock(
    { files, lockfile, overrides: options.overrides },
    { packument, remote, emit, prefetch, offered, addressOf: (name) => registry.addressOf(name) },
    {
      ...ages,
      maxPackages: limits.packages,
      frozen,
      storedOnly,
      ...(options.debug === true && { onDecision: tellDecisions(emit) }),
    },
  );
}

/** What a loader's settings say of how old versions have to be. */
function agesOf({ before, minimumReleaseAge, releaseAgeExceptions }: LoaderOptions): SolveOptions {
  const bound = before === undefined ? {} : { before: before.getTime() };
  return { now: Date.now(), ...bound, minimumReleaseAge, releaseAgeExceptions };
}

import { IMPORTER_KINDS, type Lock, type LockedPackage, compareText } from "../lock/lock.ts";
import { reachedPackages } from "../lock/prune-lock.ts";

/** Which part of a lock is to be there. The lock itself always covers everything, for every platform. */
export interface WantedOptions {
  /** Leave out what only development needs (P3). */
  readonly production?: boolean;
  /** Whether development's dependencies are wanted (P4). Default: unless `production`. */
  readonly dev?: boolean;
  /** Whether optional dependencies are wanted (P5). Default true. */
  readonly optional?: boolean;
  /** Packages for other platforms are left out (P85). Default: none is. */
  readonly platform?: { readonly os: string; readonly cpu: string; readonly libc?: string };
}

/** Ids of the packages that have to be fetched for that, sorted; folders of the project need no fetching. */
export function wantedPackages(lock: Lock, options: WantedOptions): string[] {
  const { production = false, dev = !production, optional = true, platform } = options;
  const runs = (id: string): boolean => platform === undefined || runsOn(lock.packages[id], platform);
  const kinds = IMPORTER_KINDS.filter(
    (kind) => (dev || kind !== "devDependencies") && (optional || kind !== "optionalDependencies"),
  );
  const roots = Object.values(lock.importers).flatMap((importer) =>
    kinds.flatMap((kind) => Object.values(importer[kind]).flatMap(({ id }) => id ?? [])),
  );
  const sources = [...Object.values(lock.imports), ...Object.values(lock.builtins).map((builtin) => builtin.package)];
  const reached = reachedPackages(lock, [...roots, ...sources].filter(runs), ({ kind, name, owner }) => {
    const target = owner[kind][name];
    return (optional || kind !== "optionalDependencies") && (target === undefined || runs(target));
  });
  return [...reached]
    .filter((id) => !["workspace", "path"].includes(lock.packages[id]?.source.kind ?? ""))
    .toSorted(compareText);
}

function runsOn(locked: LockedPackage | undefined, platform: WantedOptions["platform"] & object): boolean {
  const { os, cpu, libc } = locked ?? {};
  return (
    allows(os, platform.os) && allows(cpu, platform.cpu) && (platform.libc === undefined || allows(libc, platform.libc))
  );
}

/** A list of names to have and, with `!`, not to have. */
function allows(listed: readonly string[] = [], here: string): boolean {
  if (listed.includes(`!${here}`)) return false;
  const wanted = listed.filter((name) => !name.startsWith("!"));
  return wanted.length === 0 || wanted.includes(here) || wanted.includes("any");
}

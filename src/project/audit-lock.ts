import { compareText, type Lock, lookup } from "../lock/lock.ts";
import { verifyLock } from "../lock/verify-lock.ts";
import { SemverCache } from "../solve/semver-cache.ts";
import { explainPackage, printChain } from "./explain-package.ts";

/** What a registry says of versions of a package. */
export interface Advisory {
  readonly id: string | number;
  readonly title: string;
  readonly severity: string;
  readonly url?: string;
  /** Range of the versions that it is about. */
  readonly vulnerable: string;
}

/** Asks for advisories: package → versions that are used; package → what there is to say of any of its versions. */
export type AskAdvisories = (
  versions: Readonly<Record<string, readonly string[]>>,
) => Promise<Readonly<Record<string, readonly Advisory[]>>>;

export interface AuditFinding {
  readonly kind: "advisory" | "deprecated" | "unverifiable" | "broken" | "any-version" | "several-majors";
  /** Id of the package, its name for several majors of it; for what is broken, the key of the entry. */
  readonly subject: string;
  readonly message: string;
  /** How the project comes to have it: `. → a@1.0.0 → b@2.0.0`. */
  readonly chains: readonly string[];
  readonly advisory?: Advisory;
}

/**
 * What a lock has to answer for (P16): known faults of its packages, versions that their authors gave up, archives that
 * nothing can be checked against, entries that cannot be right; dependencies of production on any version (R69), packages in
 * several majors (R61). Sorted by what they are about.
 */
export async function auditLock(lock: Lock, ask?: AskAdvisories): Promise<AuditFinding[]> {
  const broken = verifyLock(lock).map(({ key, reason }): AuditFinding => ({
    kind: "broken",
    subject: key,
    message: reason,
    chains: [],
  }));
  const chainsOf = (id: string): string[] =>
    explainPackage(lock, id).flatMap((explained) => (explained.id === id ? explained.chains.map(printChain) : []));
  const ofPackages = Object.entries(lock.packages).flatMap(([id, locked]): AuditFinding[] => {
    const found: AuditFinding[] = [];
    const { deprecated, integrity, checksum, source } = locked;
    const isFolder = source.kind === "workspace" || source.kind === "path";
    if (deprecated !== undefined)
      found.push({ kind: "deprecated", subject: id, message: deprecated, chains: chainsOf(id) });
    if (!isFolder && integrity === undefined && checksum === undefined) {
      const message = `Nothing says what the archive of "${id}" has to be`;
      found.push({ kind: "unverifiable", subject: id, message, chains: chainsOf(id) });
    }
    return found;
  });
  const advisories = ask === undefined ? [] : await findAdvisories(lock, ask, chainsOf);
  const ofRanges = [...anyVersions(lock), ...severalMajors(lock, chainsOf)];
  return [...broken, ...ofPackages, ...ofRanges, ...advisories].toSorted((a, b) => compareText(a.subject, b.subject));
}

function anyVersions({ importers }: Lock): AuditFinding[] {
  return Object.entries(importers).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.entries({ ...optionalDependencies, ...dependencies }).flatMap(([name, { range, id }]): AuditFinding[] => {
      if (id === undefined || !/^(?:npm:.+@)?\*?$/.test(range)) return [];
      const message = `"${name}" is asked for in any version: not for production`;
      return [{ kind: "any-version", subject: id, message, chains: [`${path} → ${id}`] }];
    }),
  );
}

function severalMajors({ packages }: Lock, chainsOf: (id: string) => readonly string[]): AuditFinding[] {
  const registered = Object.entries(packages).filter(([, { source }]) => source.kind === "registry");
  return [...Map.groupBy(registered, ([, { name }]) => name)].flatMap(([name, instances]): AuditFinding[] => {
    const majors = new Set(instances.map(([, { version }]) => version.split(".", 1)[0]));
    if (majors.size === 1) return [];
    const ids = instances.map(([id]) => id);
    const message = `"${name}" is there in several majors: ${ids.join(", ")}`;
    return [{ kind: "several-majors", subject: name, message, chains: ids.flatMap(chainsOf) }];
  });
}

async function findAdvisories(
  lock: Lock,
  ask: AskAdvisories,
  chainsOf: (id: string) => readonly string[],
): Promise<AuditFinding[]> {
  const semver = new SemverCache();
  const registered = Object.entries(lock.packages).filter(([, { source }]) => source.kind === "registry");
  const byName = Map.groupBy(registered, ([, { name }]) => name);
  const versions = Object.fromEntries(
    [...byName].map(([name, entries]) => [name, [...new Set(entries.map(([, { version }]) => version))]]),
  );
  const answer = registered.length === 0 ? {} : await ask(versions);
  return registered.flatMap(([id, { name, version }]) =>
    (lookup(answer, name) ?? [])
      .filter(({ vulnerable }) => semver.satisfies(version, vulnerable))
      .map((advisory): AuditFinding => {
        const message = `${advisory.title} (${advisory.severity}; ${advisory.vulnerable})`;
        return { kind: "advisory", subject: id, message, chains: chainsOf(id), advisory };
      }),
  );
}

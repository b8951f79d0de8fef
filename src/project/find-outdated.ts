import { type Lock, lookup } from "../lock/lock.ts";
import type { SolveContext } from "../solve/gather-metadata.ts";
import { resolveDependencySpec } from "../solve/dependency-spec.ts";
import { SemverCache } from "../solve/semver-cache.ts";
import { VersionPicker, type VersionPolicy } from "../solve/version-picker.ts";
import { listDependencies, type ListedDependency } from "./list-dependencies.ts";

/** A dependency of the project for which there is something newer. */
export interface OutdatedDependency extends ListedDependency {
  /** What the lock has. */
  readonly current: string;
  /** What an update would bring: the newest that the range allows. */
  readonly wanted: string;
  /** What the registry's tag `latest` means. */
  readonly latest: string;
}

/**
 * Which of the dependencies that come from a registry are not the newest that the range allows, or not the latest at all.
 * @throws LoaderError what `metadata` throws
 */
export async function findOutdated(
  lock: Lock,
  metadata: Pick<SolveContext, "packument">,
  policy: VersionPolicy,
): Promise<OutdatedDependency[]> {
  const semver = new SemverCache();
  const picker = new VersionPicker(semver, policy);
  const found = await Promise.all(
    listDependencies(lock).map(async (listed): Promise<OutdatedDependency | undefined> => {
      const locked = listed.id === undefined ? undefined : lookup(lock.packages, listed.id);
      if (locked?.source.kind !== "registry") return undefined;
      const spec = resolveDependencySpec(listed.name, listed.range, listed.importer);
      if (spec.kind !== "range" && spec.kind !== "tag") return undefined;
      const packument = await metadata.packument(locked.name, listed.importer);
      const current = locked.version;
      const wanted = picker.pick(packument, spec)?.version ?? current;
      const latest = picker.pick(packument, { kind: "tag", name: locked.name, tag: "latest" })?.version ?? wanted;
      return current === wanted && current === latest ? undefined : { ...listed, current, wanted, latest };
    }),
  );
  return found.flatMap((one) => one ?? []);
}

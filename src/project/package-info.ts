import { LoaderError } from "../errors.ts";
import type { SolveContext } from "../solve/gather-metadata.ts";
import { type AgeOptions, newestAllowed } from "../solve/newest-allowed.ts";
import type { VersionMetadata } from "../solve/reduce-metadata.ts";
import { SemverCache } from "../solve/semver-cache.ts";
import { sortedVersions } from "../solve/sorted-versions.ts";
import { type RegistrySpec, VersionPicker } from "../solve/version-picker.ts";
import { parsePackageArgument } from "../specifier/dependency-spec.ts";

/** What a registry says of a package, and of the version that was asked about. */
export interface PackageInfo {
  readonly manifest: VersionMetadata;
  /** Dist-tag → version. */
  readonly tags: Readonly<Record<string, string>>;
  /** All that there are, the newest first. */
  readonly versions: readonly string[];
}

/**
 * Asks a registry about a package (M66).
 * @param argument `name`, `name@range`, `name@tag`, `alias@npm:name@range`; without a range it is about the latest version
 * @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_VERSION_NOT_FOUND; ERR_UNSUPPORTED_DEPENDENCY for what is not of a registry;
 * what `parsePackageArgument` and fetching throw
 */
export async function packageInfo(argument: string, registry: SolveContext, ages: AgeOptions): Promise<PackageInfo> {
  const wanted = wantedOf(argument);
  const asker = "the person who asks";
  const metadata = await registry.packument(wanted.name, asker);
  const semver = new SemverCache();
  const { before } = ages;
  const policy = { newestAllowed: newestAllowed(ages), nodeVersion: undefined, preferred: undefined, before };
  const picker = new VersionPicker(semver, policy);
  const manifest = picker.pick(metadata, wanted);
  if (manifest === undefined) throw picker.noneError(metadata, wanted, asker);
  const versions = sortedVersions(metadata, semver);
  return { manifest, tags: metadata["dist-tags"], versions };
}

function wantedOf(argument: string): RegistrySpec {
  const { name = "", spec } = parsePackageArgument(argument, { specifier: argument });
  const [real, asked] = spec.kind === "alias" ? [spec.name, spec.wanted] : [name, spec];
  if (asked.kind === "version") return { kind: "range", name: real, range: asked.version };
  if (asked.kind === "tag") return { kind: "tag", name: real, tag: asked.tag };
  if (asked.kind === "range") {
    const isBare = argument === real || asked.range === "*";
    return isBare ? { kind: "tag", name: real, tag: "latest" } : { kind: "range", name: real, range: asked.range };
  }
  const message = `"${argument}" is not a package of a registry`;
  throw new LoaderError("ERR_UNSUPPORTED_DEPENDENCY", message, { specifier: argument });
}

import type { Packument, VersionManifest } from "../fetch/registry.ts";
import { lazyVersions, versionsOf } from "../solve/lazy-versions.ts";

/** A dependency of a package that no registry has. */
export interface ForeignDependency {
  readonly alias: string;
  /** As the package's manifest has it. */
  readonly text: string;
}

const KINDS = ["dependencies", "optionalDependencies", "peerDependencies"] as const;

/**
 * A packument without the dependencies that come from forges, archives and folders: the import of such a dependency fails by
 * name, a program that never reaches it runs.
 * @param found hears of those of each version that is looked at, by `name@version`
 */
export function withoutForeign(
  packument: Packument,
  found: (key: string, dependencies: readonly ForeignDependency[]) => void,
): Packument {
  const read = (version: string): VersionManifest | undefined => {
    const manifest = packument.versions[version];
    const foreign = manifest === undefined ? [] : foreignOf(manifest);
    if (manifest === undefined || foreign.length === 0) return manifest;
    found(`${manifest.name}@${version}`, foreign);
    return without(manifest, new Set(foreign.map(({ alias }) => alias)));
  };
  return { ...packument, versions: lazyVersions(versionsOf(packument), read) };
}

function foreignOf(manifest: VersionManifest): ForeignDependency[] {
  const found: ForeignDependency[] = [];
  for (const kind of KINDS) {
    const asked = manifest[kind];
    for (const alias in asked) {
      const text = asked[alias] ?? "";
      if (isForeign(text)) found.push({ alias, text });
    }
  }
  return found;
}

/** No range and no tag has one of these; `npm:other@^1` is an alias. */
function isForeign(text: string): boolean {
  return /[:/]/.test(text) && !/^\s*npm:/.test(text);
}

function without(manifest: VersionManifest, names: ReadonlySet<string>): VersionManifest {
  const kept = KINDS.flatMap((kind) => {
    const asked = manifest[kind];
    if (asked === undefined) return [];
    return [[kind, Object.fromEntries(Object.entries(asked).filter(([alias]) => !names.has(alias)))] as const];
  });
  return { ...manifest, ...Object.fromEntries(kept) };
}

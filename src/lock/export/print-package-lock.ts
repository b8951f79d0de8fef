import { archiveFileName } from "../../fetch/archive-file-name.ts";
import {
  compareText,
  type Lock,
  type LockedImporter,
  type LockedPackage,
  lookup,
  type RequestMap,
  requestsOf,
  sortedEntries,
  type TextMap,
  toRecord,
} from "../lock.ts";
import { dependencyFlags, type DependencyFlags } from "./dependency-flags.ts";
import { layOutModules, type Place } from "./modules-layout.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A lock as npm's package-lock.json (lockfileVersion 3), which `npm ci` installs as it is. The ranges of packages are the
 * exact versions that they are locked to; those of the project are its own. Archives of the project's registry get no URL, so
 * npm takes them from the registry that it is set to; save what the project asks for by a dist-tag, which npm believes of a
 * URL alone.
 * @param registry base URL of the project's registry, for those; ends with `/`. Without it `npm ci` refuses such a project
 */
export function printPackageLock(lock: Lock, registry?: string): string {
  const tagged = registry === undefined ? undefined : { registry, ids: idsByTag(lock) };
  const root = lookup(lock.importers, ".");
  const flagsOf = dependencyFlags(lock);
  const packages = layOutModules(lock).toSorted((a, b) => compareText(a.path, b.path));
  const identity = withoutUndefined({ name: root?.name, version: root?.version });
  const document = {
    ...identity,
    lockfileVersion: 3,
    requires: true,
    packages: toRecord(packages.map((place) => [place.path, placeEntry(lock, place, flagsOf, tagged)])),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** What is asked for by a dist-tag, and the registry that has it. */
interface Tagged {
  readonly registry: string;
  readonly ids: ReadonlySet<string>;
}

/** `latest`, `npm:other@next`; `x` and `v1` are ranges. */
const TAG = /^(?:npm:.+@)?(?!(?:x|v\d.*)$)[a-z][\w-]*$/i;

function idsByTag(lock: Lock): Set<string> {
  return new Set(requestsOf(lock).flatMap(({ range, id }) => (id !== undefined && TAG.test(range) ? [id] : [])));
}

function placeEntry(
  lock: Lock,
  place: Place,
  flagsOf: (id: string) => DependencyFlags,
  tagged: Tagged | undefined,
): Fields {
  if (place.link !== undefined) return { resolved: place.link, link: true };
  const locked = place.id === undefined ? undefined : lookup(lock.packages, place.id);
  if (locked !== undefined && place.id !== undefined) {
    const base = tagged?.ids.has(place.id) === true ? tagged.registry : undefined;
    return packageEntry(lock, place, locked, { flags: flagsOf(place.id), base });
  }
  const workspaces = Object.keys(lock.importers).filter((path) => path !== ".");
  const isRoot = place.path === "";
  const importer = lookup(lock.importers, isRoot ? "." : place.path);
  return importer === undefined ? {} : importerEntry(importer, isRoot ? workspaces.toSorted(compareText) : []);
}

function importerEntry(importer: LockedImporter, workspaces: readonly string[]): Fields {
  const ranges = (requests: RequestMap) =>
    filled(toRecord(sortedEntries(requests).map(([name, { range }]) => [name, range])));
  return withoutUndefined({
    name: importer.name,
    version: importer.version,
    workspaces: workspaces.length === 0 ? undefined : workspaces,
    dependencies: ranges(importer.dependencies),
    devDependencies: ranges(importer.devDependencies),
    optionalDependencies: ranges(importer.optionalDependencies),
    peerDependencies: ranges(importer.peerDependencies),
  });
}

function packageEntry(
  lock: Lock,
  place: Place,
  locked: LockedPackage,
  { flags, base }: { readonly flags: DependencyFlags; readonly base: string | undefined },
): Fields {
  const ranges = (edges: TextMap) =>
    filled(toRecord(sortedEntries(edges).map(([name, id]) => [name, exactRange(name, lookup(lock.packages, id))])));
  const bundles = Object.entries({ ...locked.dependencies, ...locked.optionalDependencies })
    .filter(([, id]) => lookup(lock.packages, id)?.bundled === true)
    .map(([name]) => name);
  const optionalPeers = (locked.optionalPeers ?? []).map((name): [string, Fields] => [name, { optional: true }]);
  const folder = place.path.replace(/^.*(?:^|\/)node_modules\//, "");
  return withoutUndefined({
    name: folder === locked.name ? undefined : locked.name,
    version: locked.version,
    resolved: archiveUrl(locked, base),
    integrity: locked.integrity,
    ...flags,
    inBundle: locked.bundled,
    hasInstallScript: locked.installScript,
    deprecated: locked.deprecated,
    bundleDependencies: locked.bundled === true || bundles.length === 0 ? undefined : bundles.toSorted(compareText),
    dependencies: ranges(locked.dependencies),
    optionalDependencies: ranges(locked.optionalDependencies),
    peerDependencies: ranges(locked.peerDependencies),
    peerDependenciesMeta: filled(toRecord(optionalPeers)),
    bin: locked.bin,
    os: locked.os,
    cpu: locked.cpu,
    libc: locked.libc,
  });
}

/** What npm reads in place of a range, and nothing but the locked package meets; a path would be read from where it is asked. */
function exactRange(name: string, target: LockedPackage | undefined): string {
  if (target === undefined) return "*";
  const { source, version } = target;
  if (source.kind === "url" || source.kind === "git") return archiveUrl(target) ?? version;
  return target.name === name ? version : `npm:${target.name}@${version}`;
}

/** @param base URL of the project's registry, where that is to be told */
function archiveUrl({ name, version, source, resolved }: LockedPackage, base?: string): string | undefined {
  if (source.kind === "url") return source.url;
  if (source.kind === "file") return `file:${source.path}`;
  if (source.kind === "git") return `git+${source.url}#${source.commit}`;
  if (source.kind !== "registry") return undefined;
  const path = resolved?.replace(/^\//, "") ?? `${name}/-/${archiveFileName(name, version)}`;
  return URL.parse(path, URL.canParse(source.registry) ? source.registry : base)?.href;
}

function filled(record: Fields): Fields | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}

function withoutUndefined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

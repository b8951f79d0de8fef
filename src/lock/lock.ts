/** The version that is written; every version up to it is read. */
export const LOCK_VERSION = 2;

/** Text by name. A name is any text, `__proto__` and `constructor` too: look things up with `lookup`. */
export type TextMap = Readonly<Record<string, string>>;

/** Fields that this version does not know, kept as they are when the lock is written again. */
export type UnknownFields = Readonly<Record<string, unknown>>;

/** Where a package comes from. Paths start at the root of the project and have forward slashes. */
export type LockSource =
  /** `npm`, `raya` (the project's default registries), or the name or URL of another one. */
  | { readonly kind: "registry"; readonly registry: string }
  /** An archive at a URL. */
  | { readonly kind: "url"; readonly url: string }
  /** A repository at a commit; `ref` is the tag or branch that was asked for. */
  | { readonly kind: "git"; readonly url: string; readonly commit: string; readonly ref?: string }
  /** An archive in the project. */
  | { readonly kind: "file"; readonly path: string }
  /** A folder of the project that is no workspace. */
  | { readonly kind: "path"; readonly path: string }
  /** A workspace; what it depends on is in the importer of that path. */
  | { readonly kind: "workspace"; readonly path: string };

/** One package of the graph, for every platform. */
export interface LockedPackage {
  /** The package's own name, whatever it is imported as. */
  readonly name: string;
  readonly version: string;
  /** What tells several instances of one version apart, in parentheses: `(react@19.0.0)`. */
  readonly instance?: string;
  readonly source: LockSource;
  /** Where the archive is when it is not at the usual place: a path on the package's registry, or a URL. */
  readonly resolved?: string;
  /** SRI of the archive as its registry gives it: the root of trust. */
  readonly integrity?: string;
  /** `ed25519:<base64>`: the key that its author signed it with, when it was locked. Other versions have to have the same. */
  readonly publicKey?: string;
  /** `sha256:<hex>` of the archive, once it has been fetched. */
  readonly checksum?: string;
  /** When it was fetched, ISO 8601 in UTC. */
  readonly fetchedAt?: string;
  /** The dist-tags that named it then. */
  readonly tags?: readonly string[];
  /** The author's words, where the version is deprecated. */
  readonly deprecated?: string;
  /** Operating systems, processors, C libraries; `!name` excludes one. */
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  /** Its files are inside the archive of the package that depends on it. */
  readonly bundled?: boolean;
  /** It would run a script when npm installs it. */
  readonly installScript?: boolean;
  /** Peers that may be missing. */
  readonly optionalPeers?: readonly string[];
  /** Compiler id → `sha256:<hex>` of the index of what that compiler made of the archive. */
  readonly artifacts?: TextMap;
  /** `.` or `./subpath` → file, as the package's manifest says. */
  readonly entries?: TextMap;
  /** Command → file. */
  readonly bin?: TextMap;
  /** Name as imported → id of the package that it means. */
  readonly dependencies: TextMap;
  readonly optionalDependencies: TextMap;
  readonly peerDependencies: TextMap;
  readonly extra?: UnknownFields;
}

/** What an importer asks for, and what it gets. */
export interface LockedRequest {
  /** As the manifest has it: a range, a tag, `npm:other@^1`, `workspace:*`, a URL. */
  readonly range: string;
  /** Id of the package; none when it is optional and cannot be had. */
  readonly id?: string;
}

export type RequestMap = Readonly<Record<string, LockedRequest>>;

/** The root of the project or one of its workspaces. */
export interface LockedImporter {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies: RequestMap;
  readonly devDependencies: RequestMap;
  readonly optionalDependencies: RequestMap;
  readonly peerDependencies: RequestMap;
  readonly extra?: UnknownFields;
}

/** One module that is imported by URL. */
export interface LockedUrl {
  /** The URL after redirects. */
  readonly resolved: string;
  /** SRI of the bytes. */
  readonly integrity: string;
  /** ISO 8601 in UTC. */
  readonly fetchedAt?: string;
  readonly extra?: UnknownFields;
}

/** A module of Node that is made of a package. */
export interface LockedBuiltin {
  /** Id of the package. */
  readonly package: string;
  /** `.` or `./path`. */
  readonly subpath: string;
}

/** What a project is made of, exactly. A value: functions that change it give a new one. */
export interface Lock {
  /** Path of the importer (`.` is the root) → what it asks for. */
  readonly importers: Readonly<Record<string, LockedImporter>>;
  /** What source texts ask for with a range of their own (`d3@^7`) → id of the package. */
  readonly imports: TextMap;
  /** Id → package; `packageId` makes the id. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
  /** URL as imported → what it is. */
  readonly urls: Readonly<Record<string, LockedUrl>>;
  /** Module of Node, without `node:` → what stands in for it where it is missing. */
  readonly builtins: Readonly<Record<string, LockedBuiltin>>;
  /** Package, or chain of packages joined by `>` → the version that is used whatever is asked. */
  readonly overrides: TextMap;
  /** Catalog (`default` has no name in manifests) → package → range. */
  readonly catalogs: Readonly<Record<string, TextMap>>;
  /** `name@version` → file, in the project, of the patch that is applied to it. */
  readonly patches: TextMap;
  /** Packages whose scripts may run. None at all differs from an empty list: nobody was asked. */
  readonly trusted?: readonly string[];
  readonly extra?: UnknownFields;
}

/** What is filled in field by field: there are a thousand packages, and most have few fields. */
export type Draft<Type> = { -readonly [Field in keyof Type]: Type[Field] };

/** The kinds of dependency that a package has, in the order of the file. */
export const PACKAGE_KINDS = ["dependencies", "optionalDependencies", "peerDependencies"] as const;

/** The kinds of dependency that an importer has. */
export const IMPORTER_KINDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

export const EMPTY_LOCK: Lock = {
  importers: {},
  imports: {},
  packages: {},
  urls: {},
  builtins: {},
  overrides: {},
  catalogs: {},
  patches: {},
};

/** `name@version`, with what tells its instances apart: the key of a package. */
export function packageId({ name, version, instance }: Pick<LockedPackage, "name" | "version" | "instance">): string {
  return `${name}@${version}${instance ?? ""}`;
}

/** The value of `name`, and nothing that objects have by themselves. */
export function lookup<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A record of these entries in which `__proto__` is a name as any other. */
export function toRecord<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const record: Record<string, Value> = Object.create(null);
  for (const entry of entries) record[entry[0]] = entry[1];
  return record;
}

/** All that importers ask for. */
export function requestsOf({ importers }: Pick<Lock, "importers">): LockedRequest[] {
  return Object.values(importers).flatMap((importer) =>
    IMPORTER_KINDS.flatMap((kind) => Object.values(importer[kind])),
  );
}

/** Entries by name, in the order of `compareText`. */
export function sortedEntries<Value>(record: Readonly<Record<string, Value>>): [string, Value][] {
  const names = Object.keys(record).toSorted();
  return names.map((name) => [name, record[name] as Value]);
}

/** By UTF-16 units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

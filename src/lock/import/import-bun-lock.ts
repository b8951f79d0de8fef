import {
  IMPORTER_KINDS,
  type Lock,
  type LockedImporter,
  type LockedRequest,
  type LockSource,
  PACKAGE_KINDS,
  type TextMap,
  toRecord,
} from "../lock.ts";
import { isTable, LockFields, present, type Table } from "../lock-fields.ts";
import { archiveSource, type ImportOptions, projectPath } from "./archive-source.ts";
import { invalidForeign, invalidIn, parseForeignJson, unknownVersion } from "./foreign-text.ts";
import { type GraphNode, lockOfGraph } from "./graph-lock.ts";
import { manifestFacts } from "./manifest-facts.ts";

const FILE = "bun.lock";
const NEWEST = 2;
/** What a package without a version of its own gets. */
const NO_VERSION = "0.0.0";

/** One entry of `packages`: `["name@version", "registry", { manifest }, "sha512-…"]`, shorter for other sources. */
interface BunPackage {
  /** The names that lead to it, from the root or a workspace on. */
  readonly key: string;
  readonly name: string;
  /** What follows `name@`: a version, `workspace:path`, `file:path`, `github:user/repo#commit`, a URL. */
  readonly resolution: string;
  readonly registry: string;
  readonly manifest: Table;
  readonly integrity: string | undefined;
  /** What the workspace of that name says. */
  readonly workspaceVersion: string | undefined;
}

type BunPackages = ReadonlyMap<string, BunPackage>;

/**
 * Imports Bun's text lock.
 * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION
 */
export function importBunLock(text: string, options: ImportOptions): Lock {
  const root = parseForeignJson(FILE, withoutTrailingCommas(text));
  const version = root["lockfileVersion"];
  if (typeof version !== "number" || version > NEWEST) throw unknownVersion(FILE, version, `0 to ${NEWEST}`);
  const fields = new LockFields(root, [], invalidIn(FILE));
  const packages = readPackages(fields);
  const nodes = new Map([...packages.values()].map((found) => [found.key, nodeOf(packages, found, options)]));
  const importers = Object.entries(fields.table("workspaces") ?? {}).map(
    ([path, workspace]): [string, LockedImporter] => {
      if (!isTable(workspace)) throw invalidForeign(FILE, `the workspace "${path}" is not an object`);
      return [
        path || ".",
        importerOf(packages, path, new LockFields(workspace, ["workspaces", path], invalidIn(FILE))),
      ];
    },
  );
  return lockOfGraph({ file: FILE, nodes, importers: toRecord(importers), rest: settingsOf(fields) });
}

/** Bun writes JSON with a comma after the last of a list. */
function withoutTrailingCommas(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (token) => (token === "," ? "" : token));
}

function readPackages(root: LockFields): BunPackages {
  const versions = Object.values(root.table("workspaces") ?? {}).flatMap((workspace): [string, string][] => {
    const { name, version } = isTable(workspace) ? workspace : {};
    return isText(name) && isText(version) ? [[name, version]] : [];
  });
  const workspaceVersions = new Map(versions);
  const packages = Object.entries(root.table("packages") ?? {}).map(([key, entry]): [string, BunPackage] => {
    const parts: unknown[] = Array.isArray(entry) ? entry : [];
    const [, name, resolution] = /^((?:@[^/@]+\/)?[^@]+)@(.+)$/s.exec(String(parts[0])) ?? [];
    if (name === undefined || resolution === undefined) throw invalidForeign(FILE, `"${key}" is no package`);
    const [registry = ""] = parts.length === 4 ? parts.slice(1, 2).filter(isText) : [];
    const integrity = parts.slice(2).find((part) => isText(part) && /^sha\d+-/.test(part));
    const manifest = parts.find(isTable) ?? {};
    return [
      key,
      {
        key,
        name,
        resolution,
        registry,
        manifest,
        integrity: isText(integrity) ? integrity : undefined,
        workspaceVersion: workspaceVersions.get(name),
      },
    ];
  });
  return new Map(packages);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** The key that `name` means for a package: its own, or that of the packages that lead to it. */
export function findKey(packages: ReadonlyMap<string, unknown>, from: string, name: string): string | undefined {
  for (let path = from; path !== ""; path = parentKey(path)) {
    if (packages.has(`${path}/${name}`)) return `${path}/${name}`;
  }
  return packages.has(name) ? name : undefined;
}

/** `a/@org/b` → `a`, `@org/b` → nothing. */
function parentKey(key: string): string {
  return key.replace(/(?:^|\/)(?:@[^/]+\/)?[^/]+$/, "");
}

function nodeOf(packages: BunPackages, found: BunPackage, options: ImportOptions): GraphNode {
  const { key, name, manifest, integrity, resolution } = found;
  const fields = new LockFields(manifest, ["packages", key], invalidIn(FILE));
  const { source, resolved, version } = sourceOf(found, options);
  const ranges = toRecord(PACKAGE_KINDS.map((kind) => [kind, fields.textMap(kind) ?? {}]));
  const edges = (kind: (typeof PACKAGE_KINDS)[number]): TextMap => {
    const targets = Object.keys(source.kind === "workspace" ? {} : (ranges[kind] ?? {})).map((dependency) => {
      const target = findKey(packages, key, dependency);
      if (target === undefined && kind === "dependencies")
        throw invalidForeign(FILE, `"${name}@${resolution}" depends on "${dependency}", which is not in it`);
      return target === undefined ? [] : [[dependency, target] as const];
    });
    return toRecord(targets.flat());
  };
  return {
    facts: {
      name,
      version,
      source,
      ...present({ resolved, integrity, bundled: fields.flag("bundled") }),
      ...manifestFacts(name, manifest),
    },
    dependencies: edges("dependencies"),
    optionalDependencies: edges("optionalDependencies"),
    peerDependencies: edges("peerDependencies"),
  };
}

/** What Bun's words for where a package comes from mean; `bun.lockb` has the same. */
export function sourceOf(
  {
    name,
    resolution,
    registry,
    workspaceVersion = NO_VERSION,
  }: Pick<BunPackage, "name" | "resolution" | "registry" | "workspaceVersion">,
  options: ImportOptions,
): { source: LockSource; resolved?: string | undefined; version: string } {
  const [, scheme, rest = ""] = /^(workspace|file|link|github):(.*)$/s.exec(resolution) ?? [];
  if (scheme === "workspace")
    return { source: { kind: "workspace", path: projectPath(rest) }, version: workspaceVersion };
  if (scheme === "github") {
    const { source } = archiveSource({ name, version: "" }, `git+https://github.com/${rest}`, options);
    return { source, version: NO_VERSION };
  }
  const isArchive = /\.(?:tgz|tar\.gz)$/.test(resolution);
  if ((scheme !== undefined && !isArchive) || resolution === "root:")
    return { source: { kind: "path", path: projectPath(rest) }, version: NO_VERSION };
  if (isArchive && !URL.canParse(resolution))
    return { source: { kind: "file", path: projectPath(rest || resolution) }, version: NO_VERSION };
  if (URL.canParse(resolution))
    return { ...archiveSource({ name, version: "" }, resolution, options), version: NO_VERSION };
  const archive = archiveSource({ name, version: resolution }, registry === "" ? undefined : registry, options);
  return { ...archive, version: resolution };
}

function importerOf(packages: BunPackages, path: string, fields: LockFields): LockedImporter {
  const name = fields.optionalText("name");
  const from = path === "" ? "" : (name ?? "");
  const requests = (kind: (typeof IMPORTER_KINDS)[number]) => {
    const found = Object.entries(fields.textMap(kind) ?? {}).map(([dependency, range]): [string, LockedRequest] => {
      const id = findKey(packages, from, dependency);
      if (id === undefined && (kind === "dependencies" || kind === "devDependencies"))
        throw invalidForeign(FILE, `"${path || "."}" asks for "${dependency}", which is not in it`);
      return [dependency, id === undefined ? { range } : { range, id }];
    });
    return toRecord(found);
  };
  return {
    ...present({ name, version: fields.optionalText("version") }),
    dependencies: requests("dependencies"),
    devDependencies: requests("devDependencies"),
    optionalDependencies: requests("optionalDependencies"),
    peerDependencies: requests("peerDependencies"),
  };
}

function settingsOf(fields: LockFields): Partial<Pick<Lock, "overrides" | "catalogs" | "patches" | "trusted">> {
  const named = fields.table("catalogs") ?? {};
  const catalogs = new LockFields(named, ["catalogs"], invalidIn(FILE));
  const all: [string, TextMap][] = Object.keys(named).map((name) => [name, catalogs.textMap(name) ?? {}]);
  const unnamed = fields.textMap("catalog");
  return present({
    overrides: fields.textMap("overrides"),
    catalogs: toRecord(unnamed === undefined ? all : [["default", unnamed], ...all]),
    patches: fields.textMap("patchedDependencies"),
    trusted: fields.texts("trustedDependencies"),
  });
}

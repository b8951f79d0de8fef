import type { Lock, LockedImporter, LockedRequest, TextMap } from "../../lock.ts";
import { type IMPORTER_KINDS, type PACKAGE_KINDS, toRecord } from "../../lock.ts";
import { present } from "../../lock-fields.ts";
import { type ImportOptions, projectPath } from "../archive-source.ts";
import { invalidForeign } from "../foreign-text.ts";
import { type GraphNode, lockOfGraph } from "../graph-lock.ts";
import { findKey, sourceOf } from "../import-bun-lock.ts";
import { manifestFacts } from "../manifest-facts.ts";
import { BEHAVIOR, type BinaryPackage, type BinaryRequest, readPackages } from "./binary-packages.ts";
import { type BinarySections, readSections } from "./binary-sections.ts";
import { readPlaces } from "./binary-tree.ts";
import { FILE } from "./binary-view.ts";
import { isMetaHash } from "./meta-hash.ts";
import { readBunBinary } from "./read-bun-binary.ts";

/**
 * Imports `bun.lockb`, the binary lock of Bun before 1.2, of any of its three formats. Of a dependency on a workspace it has the
 * path and not the range: it comes over as `workspace:path`.
 * @throws LoaderError ERR_LOCKFILE_INVALID where it is damaged, or its packages are not those of its hash; ERR_LOCKFILE_VERSION
 */
export function importBunBinary(bytes: Uint8Array, options: ImportOptions): Lock {
  const file = readBunBinary(bytes);
  const packages = readPackages(file);
  if (!isMetaHash(file.metaHash, packages))
    throw invalidForeign(FILE, "its packages are not those that its hash was made of");
  const sections = readSections(file, packages);
  const graph: BinaryGraph = { packages, sections, places: readPlaces(file) };
  const nodes = new Map<string, GraphNode>();
  for (const [key, id] of graph.places) nodes.set(key, nodeOf(graph, id, key, options));
  for (const id of packages.keys()) nodes.set(ownKey(id), nodeOf(graph, id, ownKey(id), options));
  const importers = packages.flatMap((found): [string, LockedImporter][] => {
    if (found.kind === "root") return [[".", importerOf(graph, found, "")]];
    const [, path] = /^workspace:(.*)$/s.exec(found.resolution) ?? [];
    return path === undefined ? [] : [[projectPath(path), importerOf(graph, found, found.name)]];
  });
  const { trusted, overrides, patches, catalogs } = sections;
  const rest = present({ trusted, overrides, patches, catalogs });
  return lockOfGraph({ file: FILE, nodes, importers: toRecord(importers), rest });
}

interface BinaryGraph {
  readonly packages: readonly BinaryPackage[];
  readonly sections: BinarySections;
  readonly places: ReadonlyMap<string, number>;
}

/** Of a package that has no place: no name is written so. */
const ownKey = (id: number): string => `#${id}`;

function nodeOf(
  { packages, sections, places }: BinaryGraph,
  id: number,
  key: string,
  options: ImportOptions,
): GraphNode {
  const { name, resolution, url, integrity, hash, kind, requests, os, cpu, bin, hasInstallScript } = packages[
    id
  ] as BinaryPackage;
  const { source, resolved, version } = sourceOf(
    { name, resolution, registry: url, workspaceVersion: sections.versions.get(hash) },
    options,
  );
  // What a workspace asks for is said of the importer.
  const own = kind === "workspace" ? [] : requests;
  const edges = (wanted: (typeof PACKAGE_KINDS)[number]): TextMap =>
    toRecord(
      own.flatMap((request): [string, string][] => {
        if (kindOf(request) !== wanted) return [];
        const target = targetOf(request, places, key);
        return target === undefined ? [] : [[request.name, target]];
      }),
    );
  const optionalPeers = own.filter(({ behavior }) => (behavior & PEER_OR_NONE) === PEER_OR_NONE);
  return {
    facts: {
      name,
      version,
      source,
      ...present({ resolved, integrity, installScript: hasInstallScript || undefined }),
      ...manifestFacts(name, { os, cpu, bin, optionalPeers: optionalPeers.map((peer) => peer.name) }),
    },
    dependencies: edges("dependencies"),
    optionalDependencies: edges("optionalDependencies"),
    peerDependencies: edges("peerDependencies"),
  };
}

/** A peer that may be missing. */
const PEER_OR_NONE = BEHAVIOR.peer | BEHAVIOR.optional;

type ImporterKind = (typeof IMPORTER_KINDS)[number];

/** Undefined for what only says that a workspace is one. */
function kindOf({ behavior }: BinaryRequest): ImporterKind | undefined {
  if ((behavior & BEHAVIOR.peer) !== 0) return "peerDependencies";
  if ((behavior & BEHAVIOR.optional) !== 0) return "optionalDependencies";
  if ((behavior & BEHAVIOR.dev) !== 0) return "devDependencies";
  return (behavior & BEHAVIOR.normal) === 0 ? undefined : "dependencies";
}

/** What is found from where the package is; where nothing is, what Bun has found for the request. */
function targetOf(
  { name, target, behavior }: BinaryRequest,
  places: BinaryGraph["places"],
  key: string,
): string | undefined {
  const found = findKey(places, key, name) ?? (target === undefined ? undefined : ownKey(target));
  if (found !== undefined || (behavior & PEER_OR_NONE) !== 0) return found;
  throw invalidForeign(FILE, `it asks for "${name}", which is not in it`);
}

function importerOf(
  { sections, places }: BinaryGraph,
  { name, hash, requests }: BinaryPackage,
  key: string,
): LockedImporter {
  const ofKind = (kind: ImporterKind) =>
    toRecord(
      requests.flatMap((request): [string, LockedRequest][] => {
        if (kindOf(request) !== kind) return [];
        const id = targetOf(request, places, key);
        return [[request.name, { range: request.range, ...present({ id }) }]];
      }),
    );
  return {
    ...present({ name: name || undefined, version: sections.versions.get(hash) }),
    dependencies: ofKind("dependencies"),
    devDependencies: ofKind("devDependencies"),
    optionalDependencies: ofKind("optionalDependencies"),
    peerDependencies: ofKind("peerDependencies"),
  };
}

import { LoaderError } from "../errors.ts";
import { archiveSource } from "../lock/import/archive-source.ts";
import {
  type Draft,
  EMPTY_LOCK,
  IMPORTER_KINDS,
  type Lock,
  type LockedImporter,
  type LockedPackage,
  type LockSource,
  packageId,
  type RequestMap,
  type TextMap,
  toRecord,
} from "../lock/lock.ts";
import { present } from "../lock/lock-fields.ts";
import type { ProjectManifest, ProjectManifests } from "../solve/project-manifest.ts";
import type { SolvedDependencies, SolvedGraph, SolvedImporter, SolvedNode } from "../solve/solved-graph.ts";

/** What turns a graph into a lock beside the graph. */
export interface GraphFacts {
  /** What was solved: the lock has ranges as they were written, before catalogs and resolutions. */
  readonly manifests: ProjectManifests;
  /** Base URLs that mean the project's own registry. */
  readonly registries: readonly string[];
}

const FOLDER = "file:";
const NONE: TextMap = Object.freeze(toRecord<string>([]));

/**
 * A solved graph as a lock: packages of registries and other places with what pins them; folders of the project that
 * something leads to as workspaces or paths.
 * @throws LoaderError ERR_UNSUPPORTED_DEPENDENCY for a repository without a commit
 */
export function graphToLock(solved: SolvedGraph, facts: GraphFacts): Lock {
  const graph = withWorkspaceRequests(solved, facts.manifests.get("") ?? {});
  const { importers, nodes } = graph;
  const workspaces = new Set(Object.values(importers[""]?.workspaces ?? {}).map(({ id }) => id.slice(FOLDER.length)));
  const folders = folderIds(graph);
  const idOf = (id: string): string => (id.startsWith(FOLDER) ? (folders.get(id) ?? id) : id);
  const isImporter = (path: string): boolean => path === "" || workspaces.has(path);
  const requested = requestedFolders(importers);
  const packages = toRecord<LockedPackage>([]);
  for (const id of Object.keys(nodes)) {
    const node = nodes[id];
    if (node === undefined) continue;
    const edges = (kind: TextMap | undefined): TextMap => packageEdges(kind, requested, idOf);
    packages[id] = packageOfNode(id, node, edges, facts);
  }
  for (const id of requested) {
    const path = id.slice(FOLDER.length);
    packages[idOf(id)] = packageOfFolder(idOf(id), path, importers[path] ?? {}, isImporter(path), idOf);
  }
  return {
    ...EMPTY_LOCK,
    importers: toRecord(
      Object.entries(importers)
        .filter(([path]) => isImporter(path))
        .map(([path, importer]) => [
          path === "" ? "." : path,
          lockedImporter(importer, facts.manifests.get(path) ?? {}, idOf),
        ]),
    ),
    packages,
  };
}

/** What the root asks for beside having it as a workspace is a request as any other. */
function withWorkspaceRequests(graph: SolvedGraph, manifest: ProjectManifest): SolvedGraph {
  const root = graph.importers[""];
  const { workspaces } = root ?? {};
  if (root === undefined || workspaces === undefined) return graph;
  const kinds = IMPORTER_KINDS.flatMap((kind) => {
    const written = Object.entries(manifest[kind] ?? {}).filter(
      ([name, range]) =>
        typeof range === "string" && workspaces[name] !== undefined && root[kind]?.[name] === undefined,
    );
    const asked = written.map(([name, range]) => [name, { id: workspaces[name]?.id ?? "", range }] as const);
    return asked.length === 0 ? [] : [[kind, { ...root[kind], ...toRecord(asked) }] as const];
  });
  return { ...graph, importers: { ...graph.importers, "": { ...root, ...Object.fromEntries(kinds) } } };
}

/** The folders that some of them ask for, other than by the root's list of workspaces, by their ids. */
function requestedFolders(importers: SolvedGraph["importers"]): Set<string> {
  const requests = Object.values(importers).flatMap(({ dependencies, devDependencies, ...others }) => {
    const { optionalDependencies, peerDependencies } = others;
    const all = [dependencies, devDependencies, optionalDependencies, peerDependencies];
    return all.flatMap((kind) => Object.values(kind ?? {}).map(({ id }) => id));
  });
  return new Set(requests.filter((id) => id.startsWith(FOLDER)));
}

/** What a package leads to, by the ids of the lock. Folders among it are requested from now on. */
function packageEdges(kind: TextMap | undefined, requested: Set<string>, idOf: (id: string) => string): TextMap {
  if (kind === undefined) return NONE;
  let edges = kind;
  for (const alias in kind) {
    const id = kind[alias] ?? "";
    if (!id.startsWith(FOLDER)) continue;
    requested.add(id);
    edges = toRecord([...Object.entries(edges), [alias, idOf(id)]]);
  }
  return edges;
}

/** `file:path` → the id that the folder has in the lock; one that a package of a registry has too gets its path behind it. */
function folderIds({ importers, nodes }: SolvedGraph): Map<string, string> {
  const taken = new Set(Object.keys(nodes));
  return new Map(
    Object.entries(importers).map(([path, { name, version = "0.0.0" }]) => {
      const plain = `${name ?? (path.slice(path.lastIndexOf("/") + 1) || "project")}@${version}`;
      const id = taken.has(plain) ? `${plain}(${path === "" ? "." : path})` : plain;
      taken.add(id);
      return [`${FOLDER}${path}`, id];
    }),
  );
}

function packageOfNode(
  id: string,
  node: SolvedNode,
  edges: (kind: TextMap | undefined) => TextMap,
  facts: GraphFacts,
): LockedPackage {
  const { name, version, integrity, publicKey, artifacts, deprecated, os, cpu, libc, bin, optionalPeers } = node;
  const { source, resolved } = sourceOf(node, facts);
  const locked: Draft<LockedPackage> = {
    name,
    version,
    source,
    dependencies: edges(node.dependencies),
    optionalDependencies: edges(node.optionalDependencies),
    peerDependencies: edges(node.peerDependencies),
  };
  const instance = id.slice(packageId({ name, version }).length);
  if (instance !== "") locked.instance = instance;
  if (resolved !== undefined) locked.resolved = resolved;
  if (integrity !== undefined) locked.integrity = integrity;
  const isUsual = (publicKey ?? artifacts ?? deprecated ?? os ?? cpu ?? libc ?? bin ?? optionalPeers) === undefined;
  return isUsual
    ? locked
    : { ...locked, ...present({ publicKey, artifacts, deprecated, os, cpu, libc, bin, optionalPeers }) };
}

function sourceOf(node: SolvedNode, { registries }: GraphFacts): { source: LockSource; resolved?: string } {
  const { name, version, source, tarball, git } = node;
  const resolved = tarball === undefined ? {} : { resolved: tarball };
  if (git !== undefined) return { source: { kind: "git", ...git }, ...resolved };
  if (source === undefined) {
    const found = archiveSource({ name, version }, tarball, { registries });
    // A registry is believed about its own server. What it has not at the usual place either fails when it is fetched.
    return found.source.kind === "registry" ? found : archiveSource({ name, version }, undefined, { registries });
  }
  if (/^https?:\/\/[^#]+\.(?:tgz|tar\.gz|tar)(?:[?#]|$)/i.test(source)) {
    return { source: { kind: "url", url: source }, ...resolved };
  }
  const found = archiveSource({ name, version }, tarball ?? source, { registries });
  if (found.source.kind !== "url" || /^https?:/.test(found.source.url)) return found;
  throw new LoaderError("ERR_UNSUPPORTED_DEPENDENCY", `Nobody says at which commit "${source}" is`, {
    package: `${name}@${version}`,
    specifier: source,
  });
}

/** A workspace's own dependencies are its importer's; those of other folders, for development too, are the package's. */
function packageOfFolder(
  id: string,
  path: string,
  folder: SolvedImporter,
  isImporter: boolean,
  idOf: (id: string) => string,
): LockedPackage {
  const at = id.indexOf("@", 1);
  const [version = "", instance] = id.slice(at + 1).split(/(?=\()/s);
  const edges = (...kinds: readonly (SolvedDependencies | undefined)[]): TextMap =>
    toRecord(
      kinds.flatMap((kind) =>
        isImporter ? [] : Object.entries(kind ?? {}).map(([name, request]) => [name, idOf(request.id)] as const),
      ),
    );
  return {
    name: id.slice(0, at),
    version,
    ...(instance !== undefined && { instance }),
    source: { kind: isImporter && path !== "" ? "workspace" : "path", path: path === "" ? "." : path },
    dependencies: edges(folder.devDependencies, folder.dependencies),
    optionalDependencies: edges(folder.optionalDependencies),
    peerDependencies: edges(folder.peerDependencies),
  };
}

/** Optional dependencies that could not be had are in the lock without an id. */
function lockedImporter(
  solved: SolvedImporter,
  manifest: ProjectManifest,
  idOf: (id: string) => string,
): LockedImporter {
  const requests = (kind: (typeof IMPORTER_KINDS)[number]): RequestMap => {
    const written = manifest[kind] ?? {};
    const found = Object.entries(solved[kind] ?? {}).map(
      ([name, { id, range }]) => [name, { range: written[name] ?? range, id: idOf(id) }] as const,
    );
    const isMissing = (name: string): boolean =>
      (kind === "optionalDependencies" || kind === "peerDependencies") &&
      IMPORTER_KINDS.every((other) => solved[other]?.[name] === undefined);
    const missing = Object.entries(written).filter(([name, range]) => typeof range === "string" && isMissing(name));
    return toRecord([...found, ...missing.map(([name, range]) => [name, { range }] as const)]);
  };
  return {
    ...present({ name: solved.name, version: solved.version }),
    dependencies: requests("dependencies"),
    devDependencies: requests("devDependencies"),
    optionalDependencies: requests("optionalDependencies"),
    peerDependencies: requests("peerDependencies"),
  };
}

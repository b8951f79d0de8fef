import { LoaderError } from "../errors.ts";
import { compareText } from "../lock/lock.ts";
import { reachedBy, requiredNodes } from "./graph-checks.ts";
import type { GraphEdge, GraphNode } from "./graph-node.ts";
import type { VersionMetadata } from "./reduce-metadata.ts";
import type { SolvedDependencies, SolvedGraph, SolvedImporter, SolvedNode } from "./solved-graph.ts";
import type { EdgeKind } from "./tree-edge.ts";

/** The graph as everybody else gets it, and the id that each node has there. */
export function printGraph(nodes: readonly GraphNode[]): { graph: SolvedGraph; ids: ReadonlyMap<GraphNode, string> } {
  const ids = assignIds(nodes);
  const required = requiredNodes(nodes);
  const production = reachedBy(nodes, ({ asked }) => asked.kind !== "dev");
  const importers: [string, SolvedImporter][] = [];
  const packages: [string, SolvedNode][] = [];
  for (const node of nodes) {
    const { content } = node.tree;
    if (content.kind === "folder") importers.push([content.path, printImporter(node, ids)]);
    if (content.kind !== "package") continue;
    const flags = {
      ...(!required.has(node) && { optional: true as const }),
      ...(!production.has(node) && { dev: true as const }),
    };
    packages.push([ids.get(node) ?? "", { ...printNode(node, content.manifest, content.source, ids), ...flags }]);
  }
  return { graph: { importers: sorted(importers), nodes: sorted(packages) }, ids };
}

/** Peers are named only where they tell instances of one version apart. */
function assignIds(nodes: readonly GraphNode[]): Map<GraphNode, string> {
  const byId = Map.groupBy(nodes, (node) => node.packageId);
  return new Map(
    nodes.map((node) => {
      const alone = byId.get(node.packageId)?.length === 1;
      return [node, alone ? node.packageId : `${node.packageId}${node.peerSuffix}`];
    }),
  );
}

function printImporter(node: GraphNode, ids: ReadonlyMap<GraphNode, string>): SolvedImporter {
  const ofKind = (...kinds: readonly EdgeKind[]): SolvedDependencies =>
    sorted(edgesOf(node, kinds).map(({ asked, to }) => [asked.name, { id: ids.get(to) ?? "", range: asked.rawText }]));
  const { content } = node.tree;
  const { name, version } = content.kind === "folder" ? content.manifest : {};
  return {
    ...(name !== undefined && { name }),
    ...(version !== undefined && { version }),
    ...filled("dependencies", ofKind("prod")),
    ...filled("devDependencies", ofKind("dev")),
    ...filled("optionalDependencies", ofKind("optional")),
    ...filled("peerDependencies", ofKind("peer", "peerOptional")),
    ...filled("workspaces", ofKind("workspace")),
  };
}

function printNode(
  node: GraphNode,
  manifest: VersionMetadata,
  source: string | undefined,
  ids: ReadonlyMap<GraphNode, string>,
): SolvedNode {
  const edges = [...node.edges.values()];
  const ofKind = (...kinds: readonly EdgeKind[]): Readonly<Record<string, string>> =>
    sorted(
      edges.flatMap(({ asked, to }) => (kinds.includes(asked.kind) ? [[asked.name, ids.get(to) ?? ""] as const] : [])),
    );
  const { name, version, dist, os, cpu, libc, engines, bin, deprecated, bundleDependencies } = manifest;
  const { integrity, tarball, signature, public_key: publicKey, artifact } = dist;
  const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const optionalPeers = Object.keys(peerDependencies)
    .filter((peer) => peerDependenciesMeta[peer]?.optional === true)
    .toSorted(compareText);
  if (integrity === undefined && source === undefined) {
    throw new LoaderError("ERR_INTEGRITY_REQUIRED", `The registry gives no integrity for "${node.packageId}"`, {
      package: node.packageId,
      hint: "nothing unverified runs; choose a version that was published with one",
    });
  }
  return {
    name,
    version,
    ...(integrity !== undefined && { integrity }),
    ...(tarball !== undefined && { tarball }),
    ...(signature !== undefined && { signature }),
    ...(publicKey !== undefined && { publicKey }),
    ...(artifact !== undefined && { artifacts: { [artifact.compiler]: artifact.checksum } }),
    ...(source !== undefined && { source }),
    ...(manifest.git !== undefined && { git: manifest.git }),
    ...filled("dependencies", ofKind("prod")),
    ...filled("optionalDependencies", ofKind("optional")),
    ...filled("peerDependencies", ofKind("peer", "peerOptional")),
    ...(optionalPeers.length > 0 && { optionalPeers }),
    ...(bundleDependencies !== undefined && { bundled: bundleDependencies.toSorted(compareText) }),
    ...(os !== undefined && { os }),
    ...(cpu !== undefined && { cpu }),
    ...(libc !== undefined && { libc }),
    ...(engines !== undefined && { engines }),
    ...(bin !== undefined && { bin }),
    ...(deprecated !== undefined && { deprecated }),
  };
}

function edgesOf(node: GraphNode, kinds: readonly EdgeKind[]): GraphEdge[] {
  return [...node.edges.values()].filter(({ asked }) => kinds.includes(asked.kind));
}

/** A record under its name, nothing where it is empty. */
function filled<Name extends string, Value>(
  name: Name,
  record: Readonly<Record<string, Value>>,
): Partial<Record<Name, Readonly<Record<string, Value>>>> {
  const field: Partial<Record<Name, Readonly<Record<string, Value>>>> = {};
  if (Object.keys(record).length > 0) field[name] = record;
  return field;
}

function sorted<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries.length < 2 ? entries : entries.toSorted((a, b) => compareText(a[0], b[0])));
}

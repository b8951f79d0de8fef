import { LoaderError } from "../errors.ts";
import { compareText, type Draft, sortedEntries, toRecord } from "../lock/lock.ts";
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
    const printed = printNode(node, content.manifest, content.source, ids);
    if (!required.has(node)) printed.optional = true;
    if (!production.has(node)) printed.dev = true;
    packages.push([ids.get(node) ?? "", printed]);
  }
  return { graph: { importers: sorted(importers), nodes: sorted(packages) }, ids };
}

/** Peers are named only where they tell instances of one version apart. */
function assignIds(nodes: readonly GraphNode[]): Map<GraphNode, string> {
  const counts = new Map<string, number>();
  for (const { packageId } of nodes) counts.set(packageId, (counts.get(packageId) ?? 0) + 1);
  const ids = new Map<GraphNode, string>();
  for (const node of nodes) {
    const { packageId } = node;
    ids.set(node, counts.get(packageId) === 1 ? packageId : `${packageId}${node.peerSuffix}`);
  }
  return ids;
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
): Draft<SolvedNode> {
  const { dist, os, cpu, libc, engines, bin, deprecated, bundleDependencies, git } = manifest;
  const printed: Draft<SolvedNode> = { name: manifest.name, version: manifest.version };
  if (dist.integrity !== undefined) printed.integrity = dist.integrity;
  else if (source === undefined) throw withoutIntegrity(node);
  if (dist.tarball !== undefined) printed.tarball = dist.tarball;
  const { signature, public_key: publicKey, artifact } = dist;
  if (signature !== undefined) printed.signature = signature;
  if (publicKey !== undefined) printed.publicKey = publicKey;
  if (artifact !== undefined) printed.artifacts = { [artifact.compiler]: artifact.checksum };
  if (source !== undefined) printed.source = source;
  if (git !== undefined) printed.git = git;
  printEdges(printed, node, ids);
  const optionalPeers = optionalPeersOf(manifest);
  if (optionalPeers.length > 0) printed.optionalPeers = optionalPeers;
  if (bundleDependencies !== undefined) printed.bundled = bundleDependencies.toSorted(compareText);
  if (os !== undefined) printed.os = os;
  if (cpu !== undefined) printed.cpu = cpu;
  if (libc !== undefined) printed.libc = libc;
  if (engines !== undefined) printed.engines = engines;
  if (bin !== undefined) printed.bin = bin;
  if (deprecated !== undefined) printed.deprecated = deprecated;
  return printed;
}

function printEdges(printed: Draft<SolvedNode>, { edges }: GraphNode, ids: ReadonlyMap<GraphNode, string>): void {
  if (edges.size === 0) return;
  const prod: [string, string][] = [];
  const optional: [string, string][] = [];
  const peer: [string, string][] = [];
  for (const { asked, to } of edges.values()) {
    const list = asked.peer ? peer : asked.kind === "optional" ? optional : asked.kind === "prod" ? prod : undefined;
    list?.push([asked.name, ids.get(to) ?? ""]);
  }
  if (prod.length > 0) printed.dependencies = sorted(prod);
  if (optional.length > 0) printed.optionalDependencies = sorted(optional);
  if (peer.length > 0) printed.peerDependencies = sorted(peer);
}

function optionalPeersOf({ peerDependencies, peerDependenciesMeta }: VersionMetadata): string[] {
  if (peerDependencies === undefined || peerDependenciesMeta === undefined) return [];
  const names = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional === true);
  return names.toSorted(compareText);
}

function withoutIntegrity({ packageId }: GraphNode): LoaderError {
  return new LoaderError("ERR_INTEGRITY_REQUIRED", `The registry gives no integrity for "${packageId}"`, {
    package: packageId,
    hint: "nothing unverified runs; choose a version that was published with one",
  });
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
  return toRecord(entries.length < 2 ? entries : sortedEntries(toRecord(entries)));
}

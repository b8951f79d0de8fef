import { compareText } from "../lock/lock.ts";
import { findCycles } from "./find-cycles.ts";
import type { GraphNode } from "./graph-node.ts";
import type { SemverCache } from "./semver-cache.ts";
import type { SolveNotice } from "./solved-graph.ts";
import type { TreeEdge } from "./tree-edge.ts";

/** What a person may want to know of a solved graph: deprecations, peers that are not as they were asked for, cycles. */
export function collectNotices(
  nodes: readonly GraphNode[],
  ids: ReadonlyMap<GraphNode, string>,
  semver: SemverCache,
): SolveNotice[] {
  const notices: SolveNotice[] = [];
  for (const node of nodes) {
    const subject = ids.get(node) ?? "";
    addDeprecation(notices, node, subject);
    if (!node.tree.hasPeers) continue;
    for (const edge of node.tree.edgesOut.values()) if (edge.peer) addPeer(notices, node, edge, { subject, semver });
  }
  // What is of one subject stays in its order.
  return [...notices.toSorted((a, b) => compareText(a.subject, b.subject)), ...cycleNotices(nodes, ids)];
}

function cycleNotices(nodes: readonly GraphNode[], ids: ReadonlyMap<GraphNode, string>): SolveNotice[] {
  const groups = findCycles(nodes).map((group) => group.map((node) => ids.get(node) ?? "").toSorted(compareText));
  return groups
    .map((group) => ({
      kind: "cycle" as const,
      subject: group[0] ?? "",
      message: group.length === 1 ? `${group[0]} depends on itself` : `${group.join(", ")} depend on each other`,
    }))
    .toSorted((a, b) => compareText(a.subject, b.subject));
}

function addDeprecation(notices: SolveNotice[], { manifest }: GraphNode, subject: string): void {
  const deprecated = manifest?.deprecated;
  if (deprecated === undefined) return;
  notices.push({ kind: "deprecated", subject, message: `${subject} is deprecated: ${deprecated}` });
}

/** A required peer that is missing or of another version, and an optional one that nobody has (P82, P83). */
function addPeer(
  notices: SolveNotice[],
  node: GraphNode,
  edge: TreeEdge,
  { subject, semver }: { readonly subject: string; readonly semver: SemverCache },
): void {
  const has = node.edges.get(edge.name)?.to.tree.version;
  if (edge.kind === "peerOptional" && has === undefined) {
    const message = `${subject} would use "${edge.name}" in ${edge.text} if the project had it`;
    notices.push({ kind: "optional-peer-missing", subject, message });
    return;
  }
  const isMet = edge.spec.kind === "range" ? has !== undefined && semver.satisfies(has, edge.spec.range) : edge.valid;
  if (isMet) return;
  const message = `${subject} wants the peer "${edge.name}" in ${edge.text}, ${has === undefined ? "it has none" : `it has ${has}`}`;
  notices.push({ kind: "peer-unmet", subject, message });
}

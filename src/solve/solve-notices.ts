import { compareText } from "../lock/lock.ts";
import { findCycles } from "./find-cycles.ts";
import type { GraphNode } from "./graph-node.ts";
import type { SemverCache } from "./semver-cache.ts";
import type { SolveNotice } from "./solved-graph.ts";

/** What a person may want to know of a solved graph: deprecations, peers that are not as they were asked for, cycles. */
export function collectNotices(
  nodes: readonly GraphNode[],
  ids: ReadonlyMap<GraphNode, string>,
  semver: SemverCache,
): SolveNotice[] {
  const notices = nodes
    .map((node) => ({ node, subject: ids.get(node) ?? "" }))
    .toSorted((a, b) => compareText(a.subject, b.subject))
    .flatMap(({ node, subject }) => [...deprecation(node, subject), ...peerNotices(node, subject, semver)]);
  return [...notices, ...cycleNotices(nodes, ids)];
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

function deprecation({ manifest }: GraphNode, subject: string): SolveNotice[] {
  const deprecated = manifest?.deprecated;
  return deprecated === undefined
    ? []
    : [{ kind: "deprecated", subject, message: `${subject} is deprecated: ${deprecated}` }];
}

/** A required peer that is missing or of another version, and an optional one that nobody has (P82, P83). */
function peerNotices(node: GraphNode, subject: string, semver: SemverCache): SolveNotice[] {
  return [...node.tree.edgesOut.values()].flatMap((edge) => {
    if (!edge.peer) return [];
    const has = node.edges.get(edge.name)?.to.tree.version;
    if (edge.kind === "peerOptional" && has === undefined) {
      const message = `${subject} would use "${edge.name}" in ${edge.text} if the project had it`;
      return { kind: "optional-peer-missing" as const, subject, message };
    }
    const isMet = edge.spec.kind === "range" ? has !== undefined && semver.satisfies(has, edge.spec.range) : edge.valid;
    if (isMet) return [];
    const message = `${subject} wants the peer "${edge.name}" in ${edge.text}, ${has === undefined ? "it has none" : `it has ${has}`}`;
    return { kind: "peer-unmet" as const, subject, message };
  });
}

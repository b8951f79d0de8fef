import { compareText } from "../resolve/lockfile.ts";
import type { GraphNode } from "./graph-node.ts";
import type { SemverCache } from "./semver-cache.ts";
import type { SolveNotice } from "./solved-graph.ts";

/** What a person should see of a solved graph: deprecations, and peers that are not as they were asked for. */
export function collectNotices(
  nodes: readonly GraphNode[],
  ids: ReadonlyMap<GraphNode, string>,
  semver: SemverCache,
): SolveNotice[] {
  return nodes
    .map((node) => ({ node, subject: ids.get(node) ?? "" }))
    .toSorted((a, b) => compareText(a.subject, b.subject))
    .flatMap(({ node, subject }) => [...deprecation(node, subject), ...peerNotices(node, subject, semver)]);
}

function deprecation({ manifest }: GraphNode, subject: string): SolveNotice[] {
  const deprecated = manifest?.deprecated;
  return deprecated === undefined
    ? []
    : [{ kind: "deprecated", subject, message: `${subject} is deprecated: ${deprecated}` }];
}

function peerNotices(node: GraphNode, subject: string, semver: SemverCache): SolveNotice[] {
  return [...node.tree.edgesOut.values()].flatMap((edge) => {
    if (edge.kind !== "peer") return [];
    const has = node.edges.get(edge.name)?.to.tree.version;
    const isMet = edge.spec.kind === "range" ? has !== undefined && semver.satisfies(has, edge.spec.range) : edge.valid;
    if (isMet) return [];
    const message = `${subject} wants the peer "${edge.name}" in ${edge.text}, ${has === undefined ? "it has none" : `it has ${has}`}`;
    return { kind: "peer-unmet" as const, subject, message };
  });
}

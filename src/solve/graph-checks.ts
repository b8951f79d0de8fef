import { LoaderError } from "../errors.ts";
import { type GraphEdge, type GraphNode } from "./graph-node.ts";
import { compareNames } from "./compare-names.ts";

/** Where a project is to run, in npm's words. */
export interface Platform {
  readonly os: string;
  readonly cpu: string;
  /** `glibc` or `musl`, on Linux. */
  readonly libc?: string;
}

/**
 * For strict conflicts: no package may be there in two versions (R80).
 * @throws LoaderError ERR_VERSION_CONFLICT that names both versions and how each came into the project
 */
export function assertSingleVersions(nodes: readonly GraphNode[]): void {
  const first = new Map<string, GraphNode>();
  for (const node of nodes.toSorted((a, b) => compareNames(a.packageId, b.packageId))) {
    if (node.isFolder) continue;
    const other = first.get(node.tree.packageName);
    if (other === undefined) first.set(node.tree.packageName, node);
    else if (other.tree.version !== node.tree.version) throw secondVersionError(other, node, nodes);
  }
}

/**
 * No package that is needed may exclude the platform.
 * @throws LoaderError ERR_UNSUPPORTED_PLATFORM
 */
export function assertRunsOn(nodes: readonly GraphNode[], platform: Platform): void {
  for (const node of requiredNodes(nodes)) {
    const { manifest } = node;
    if (manifest === undefined) continue;
    for (const field of ["os", "cpu", "libc"] as const) {
      const here = platform[field];
      const listed = manifest[field];
      if (listed === undefined || here === undefined || allows(listed, here)) continue;
      const expected = listed.join(", ");
      const message = `"${node.packageId}" is for the ${field} ${expected}, not for ${here}, and ${describeChain(node, nodes)} needs it`;
      const hint = "move it to optionalDependencies, so that other platforms do without";
      throw new LoaderError("ERR_UNSUPPORTED_PLATFORM", message, {
        package: node.packageId,
        expected,
        actual: here,
        hint,
      });
    }
  }
}

/** What fails if it is not there: all that is reached without an optional dependency. */
export function requiredNodes(nodes: readonly GraphNode[]): Set<GraphNode> {
  return reachedBy(nodes, ({ asked }) => !asked.optional);
}

/** All that is reached from the project's folders by the dependencies that count. */
export function reachedBy(nodes: readonly GraphNode[], counts: (edge: GraphEdge) => boolean): Set<GraphNode> {
  const reached = new Set(nodes.filter((node) => node.tree.isProject));
  for (const node of reached) for (const edge of node.edges.values()) if (counts(edge)) reached.add(edge.to);
  return reached;
}

/** A list of names to have and, with `!`, not to have. */
function allows(listed: readonly string[], here: string): boolean {
  if (listed.includes("any") && listed.length === 1) return true;
  if (listed.includes(`!${here}`)) return false;
  const wanted = listed.filter((name) => !name.startsWith("!"));
  return wanted.length === 0 || wanted.includes(here);
}

function secondVersionError(a: GraphNode, b: GraphNode, nodes: readonly GraphNode[]): LoaderError {
  const name = a.tree.packageName;
  const requesters = [a, b].flatMap((node) =>
    nodes.flatMap((from) =>
      [...from.edges.values()]
        .filter(({ to }) => to === node)
        .map(({ asked }) => ({ version: node.tree.version, chain: describeChain(from, nodes), range: asked.text })),
    ),
  );
  return new LoaderError(
    "ERR_VERSION_CONFLICT",
    [
      `"${name}" would be there twice, as ${a.tree.version} and as ${b.tree.version}`,
      ...requesters.map(({ version, chain, range }) => `${version} because ${chain} wants ${range}`),
    ].join("\n    "),
    {
      package: name,
      requesters,
      hint: `change one of the ranges, override "${name}", or allow several versions with relaxed conflicts`,
    },
  );
}

/** The shortest way from the project. */
function describeChain(node: GraphNode, nodes: readonly GraphNode[]): string {
  const via = new Map<GraphNode, GraphNode | undefined>();
  for (const folder of nodes) if (folder.tree.isProject) via.set(folder, undefined);
  for (const one of via.keys()) for (const { to } of one.edges.values()) if (!via.has(to)) via.set(to, one);
  const labels: string[] = [];
  for (let step: GraphNode | undefined = node; step !== undefined; step = via.get(step)) labels.unshift(labelOf(step));
  return labels.join(" → ");
}

function labelOf(node: GraphNode): string {
  if (node.tree.isRoot) return "the project";
  return node.packageId.replace(/^file:/, "");
}

import { LoaderError, isLoaderError } from "../errors.ts";
import { compareNodes } from "./compare-nodes.ts";
import { chainOf, describeRequester, requesterOf } from "./conflict-error.ts";
import type { SolveNotice } from "./solved-graph.ts";
import type { TreeEdge } from "./tree-edge.ts";
import type { TreeNode } from "./tree-node.ts";
import { isBundled, targetOf } from "./tree-to-graph.ts";

/**
 * Raises the first dependency that cannot be met and that something needs; what only optional dependencies lead to is
 * left out, with all that is only there for it, and said (P84).
 * @returns a notice for each optional dependency that was left out
 */
export function assertNoFailures(folders: readonly TreeNode[]): SolveNotice[] {
  const reached = reachableNodes(folders);
  if (!reached.some(isInTrouble)) return [];
  const nodes = reached.toSorted(compareNodes);
  const users = usersOf(nodes);
  const failed = failedNodes(nodes, users);
  for (const folder of folders) {
    const cause = failed.get(folder);
    if (cause !== undefined) throw withRequesters(cause, users);
  }
  const notices: SolveNotice[] = [];
  for (const node of nodes) {
    if (failed.has(node)) continue;
    for (const edge of node.edgesOut.values()) {
      const cause = edge.to === undefined ? undefined : failed.get(targetOf(edge.to));
      if (cause === undefined || edge.to === undefined) continue;
      notices.push(skippedNotice(edge, cause.error));
      edge.detach();
    }
  }
  return notices;
}

/** Why a node cannot be had, and with which node that began. */
interface Failure {
  readonly error: Error;
  readonly origin: TreeNode;
}

type Users = ReadonlyMap<TreeNode, readonly TreeEdge[]>;

/** The same error with everybody in it who asks for what cannot be had. */
function withRequesters({ error, origin }: Failure, users: Users): Error {
  if (!isLoaderError(error) || !origin.failed) return error;
  const edges = [...users].filter(([node]) => node.failed && node.name === origin.name).flatMap(([, asking]) => asking);
  const requesters = edges.map(requesterOf);
  const message = [error.message, ...requesters.map(describeRequester)].join("\n    ");
  return new LoaderError(error.code, message, { ...error.details, requesters }, error);
}

/** What nothing is wrong with is not even put in order. */
function isInTrouble(node: TreeNode): boolean {
  if (node.failed) return true;
  for (const edge of node.edgesOut.values()) if (isUnmet(edge)) return true;
  return false;
}

/** Every node that cannot be had, by itself or for something it needs, with the reason. */
function failedNodes(nodes: readonly TreeNode[], users: Users): Map<TreeNode, Failure> {
  const failed = new Map<TreeNode, Failure>();
  for (const node of nodes) {
    if (node.content.kind === "failure") failed.set(node, { error: node.content.error(), origin: node });
    for (const edge of node.edgesOut.values()) {
      if (isUnmet(edge) && !failed.has(node)) failed.set(node, { error: unmetError(edge), origin: node });
    }
  }
  for (const [node, cause] of failed) {
    for (const edge of users.get(node) ?? []) {
      if (!edge.optional && !isBundled(edge) && !failed.has(edge.from)) failed.set(edge.from, cause);
    }
  }
  return failed;
}

/** The dependencies that lead to each node, past links. */
function usersOf(nodes: readonly TreeNode[]): Map<TreeNode, TreeEdge[]> {
  const users = new Map<TreeNode, TreeEdge[]>();
  for (const node of nodes) {
    for (const edge of node.edgesOut.values()) {
      const to = edge.to && targetOf(edge.to);
      const known = to && users.get(to);
      if (known !== undefined) known.push(edge);
      else if (to !== undefined) users.set(to, [edge]);
    }
  }
  return users;
}

/** What nothing could be placed for. A peer that npm would go on without is no failure. */
function isUnmet(edge: TreeEdge): boolean {
  if (edge.to !== undefined && (edge.valid || edge.to.failed)) return false;
  return !edge.peer && !edge.optional && !isBundled(edge);
}

function unmetError(edge: TreeEdge): LoaderError {
  const message = `"${edge.name}" in ${edge.text} of ${chainOf(edge.from)} has no place in the tree`;
  return new LoaderError("ERR_VERSION_CONFLICT", message, { package: edge.name, referrer: chainOf(edge.from) });
}

function skippedNotice(edge: TreeEdge, cause: Error): SolveNotice {
  const code = isLoaderError(cause) ? ` [${cause.code}]` : "";
  return {
    kind: "optional-skipped",
    subject: chainOf(edge.from),
    message: `The optional dependency "${edge.name}" in ${edge.text} is left out: ${cause.message}${code}`,
  };
}

function reachableNodes(folders: readonly TreeNode[]): TreeNode[] {
  const reached = new Set(folders);
  for (const node of reached) {
    for (const edge of node.edgesOut.values()) if (edge.to !== undefined) reached.add(targetOf(edge.to));
  }
  return [...reached];
}

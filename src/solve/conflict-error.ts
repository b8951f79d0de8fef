import { LoaderError } from "../errors.ts";
import type { TreeEdge } from "./tree-edge.ts";
import type { TreeNode } from "./tree-node.ts";

/** One that asks for a package, with how it came into the project. */
export interface Requester {
  /** `the project → a@1.0.0 → b@2.0.0`. */
  readonly chain: string;
  readonly range: string;
  readonly peer: boolean;
}

/**
 * The error for a peer that does not go with the rest of the project, npm's ERESOLVE: what is asked for, by whom, what
 * is there instead and who asked for that, and which versions there are.
 * @param edge what could not be met, or the dependency whose peers could not
 * @param candidate what would have been placed for it
 * @param versionsOf the newest version of each major of a package
 */
export function peerConflictError(
  edge: TreeEdge,
  candidate: TreeNode | undefined,
  versionsOf: (name: string) => readonly string[],
): LoaderError {
  const { asked, present } = findCulprit(edge, candidate);
  const name = asked.name;
  const requesters = [requesterOf(asked), ...(present === undefined ? [] : requestersOf(present, asked))];
  const versions = versionsOf(present?.packageName ?? name);
  return new LoaderError(
    "ERR_VERSION_CONFLICT",
    [
      headline({ asked, present }),
      ...requesters.map(describeRequester),
      `the newest of each major: ${versions.join(", ")}`,
    ].join("\n    "),
    {
      specifier: `${name}@${asked.text}`,
      package: name,
      referrer: labelOf(asked.from),
      requesters,
      available: versions,
      hint: `ask for versions that agree on "${name}", or decide for all with an override: "overrides": { "${name}": … }`,
    },
  );
}

/** The peer first: what a package needs of its surroundings is what cannot be had. */
function headline({ asked, present }: Culprit): string {
  const { name } = asked;
  const rival = asked.peer
    ? undefined
    : [...(present?.edgesIn ?? [])].find((edge) => edge.peer && edge.text !== asked.text);
  if (rival !== undefined) {
    return `${labelOf(rival.from)} needs "${name}" in ${rival.text} as a peer, ${labelOf(asked.from)} asks for ${asked.text}`;
  }
  const found = present === undefined ? "nothing that fits" : `${name}@${present.version ?? "?"}`;
  return `${labelOf(asked.from)} needs "${name}" in ${asked.text}${asked.peer ? " as a peer" : ""}, the project has ${found}`;
}

/** `the project → a@1.0.0 wants ^2.0.0`. */
export function describeRequester({ chain, range, peer }: Requester): string {
  return `${chain} wants ${range}${peer ? " (peer)" : ""}`;
}

/** How a node came into the project, by the shortest way. */
export function chainOf(node: TreeNode): string {
  const steps = new Map<TreeNode, TreeNode | undefined>([[node, undefined]]);
  for (const one of steps.keys()) {
    if (one.isProject || (one.isTop && one.standsFor === undefined)) return printSteps(one, steps);
    const above = one.standsFor === undefined ? [...one.edgesIn].map(({ from }) => from) : [one.standsFor];
    for (const from of above) if (!steps.has(from)) steps.set(from, one);
  }
  return labelOf(node);
}

function printSteps(start: TreeNode, steps: ReadonlyMap<TreeNode, TreeNode | undefined>): string {
  const labels: string[] = [];
  for (let node: TreeNode | undefined = start; node !== undefined; node = steps.get(node)) {
    if (node.content.kind !== "link" && labels.at(-1) !== labelOf(node)) labels.push(labelOf(node));
  }
  return labels.join(" → ");
}

function labelOf(node: TreeNode): string {
  const { content } = node;
  if (content.kind !== "folder") return `${node.packageName}@${node.version ?? "?"}`;
  return content.path === "" ? "the project" : content.path;
}

/** Who asks by an edge. */
export function requesterOf(edge: TreeEdge): Requester {
  return { chain: chainOf(edge.from), range: edge.text, peer: edge.peer };
}

function requestersOf(node: TreeNode, but: TreeEdge): Requester[] {
  return [...node.edgesIn].filter((edge) => edge !== but && edge.kind !== "workspace").map(requesterOf);
}

interface Culprit {
  readonly asked: TreeEdge;
  readonly present: TreeNode | undefined;
}

/** The first of the candidate and its peers that clashes with what the tree holds already, in either direction. */
function findCulprit(edge: TreeEdge, candidate: TreeNode | undefined): Culprit {
  if (candidate === undefined || candidate === edge.to) return { asked: edge, present: edge.to };
  const beside = candidate.parent?.children.values() ?? [candidate];
  for (const node of beside) {
    for (const asked of node.edgesOut.values()) {
      const present = edge.from.resolve(asked.name);
      if (asked.peer && present !== undefined && !present.satisfies(asked)) return { asked, present };
    }
  }
  for (const node of candidate.parent?.children.values() ?? [candidate]) {
    for (const asked of edge.from.resolve(node.name)?.edgesIn ?? []) {
      if (asked !== edge && !node.satisfies(asked)) return { asked, present: node };
    }
  }
  return { asked: edge, present: edge.to ?? candidate };
}

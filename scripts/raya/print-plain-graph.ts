import type { SolvedGraph, SolvedImporter, SolvedNode } from "../../src/solve/solved-graph.ts";

type PlainGraph = Record<string, { readonly deps: Readonly<Record<string, string>> }>;

/** A graph by plain `name@version`, the project's root under `""`: instances of one version are one entry. */
export function plainGraphOf(solved: SolvedGraph): PlainGraph {
  const graph: PlainGraph = { "": { deps: named(solved, requestsOf(solved.importers[""] ?? {})) } };
  for (const node of Object.values(solved.nodes)) {
    const key = `${node.name}@${node.version}`;
    graph[key] = { deps: { ...graph[key]?.deps, ...named(solved, edgesOf(node)) } };
  }
  return graph;
}

/** The same as text, in the form that the checker of npm's trees reads. */
export function printPlainGraph(solved: SolvedGraph): string {
  return `${JSON.stringify({ graph: plainGraphOf(solved) }, null, 2)}\n`;
}

function requestsOf(importer: SolvedImporter): [string, string][] {
  const { workspaces, dependencies, devDependencies, optionalDependencies, peerDependencies } = importer;
  const all = { ...workspaces, ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies };
  return Object.entries(all).map(([name, { id }]) => [name, id]);
}

function edgesOf({ dependencies, optionalDependencies, peerDependencies }: SolvedNode): [string, string][] {
  return Object.entries({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

function named({ importers, nodes }: SolvedGraph, edges: readonly [string, string][]): Record<string, string> {
  const nameOf = (id: string): string => {
    const node = nodes[id] ?? importers[id.replace(/^file:/, "")];
    return `${node?.name ?? ""}@${node?.version ?? "0.0.0"}`;
  };
  return Object.fromEntries(edges.map(([alias, id]) => [alias, nameOf(id)]));
}

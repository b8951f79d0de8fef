import type { GraphModule, ModuleGraph } from "../link/module-graph.ts";
import type { PackageReport } from "../loader.ts";
import type { LoadedArtifact } from "./load-package.ts";

/** One report for each package that has modules in the program, in the order in which they were reached. */
export function reportPackages(graph: ModuleGraph, loaded: ReadonlyMap<string, LoadedArtifact>): PackageReport[] {
  const byPackage = Map.groupBy(graph.values(), (module) => (module.owner.kind === "package" ? module.owner.key : ""));
  byPackage.delete("");
  return [...byPackage].flatMap(([key, modules]) => {
    const entry = loaded.get(key);
    const first = modules[0];
    return entry === undefined || first === undefined ? [] : [reportPackage(key, modules.length, first, entry, graph)];
  });
}

function reportPackage(
  key: string,
  modules: number,
  first: GraphModule,
  { artifact, source }: LoadedArtifact,
  graph: ModuleGraph,
): PackageReport {
  const at = key.lastIndexOf("@");
  const { archiveSize, archiveSha256, integrity } = artifact.index.header;
  const via = chainTo(first, graph);
  return {
    name: key.slice(0, at),
    version: key.slice(at + 1),
    archiveSize,
    sha256: archiveSha256,
    integrity,
    source,
    modules,
    via,
  };
}

/** From the project's file to the package: one link for each file of the project and each package in between. */
function chainTo(module: GraphModule, graph: ModuleGraph): string[] {
  const chain: string[] = [];
  for (let at: GraphModule | undefined = module; at !== undefined; at = at.via && graph.get(at.via.url)) {
    const name = at.owner.kind === "package" ? at.owner.key : at.shownAs;
    if (chain[0] !== name) chain.unshift(name);
  }
  return chain;
}

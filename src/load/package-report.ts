import { importChain } from "../link/import-chain.ts";
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
    return entry === undefined || first === undefined ? [] : [reportPackage(modules.length, first, entry, graph)];
  });
}

function reportPackage(
  modules: number,
  first: GraphModule,
  { artifact, name, version, source, integrity }: LoadedArtifact,
  graph: ModuleGraph,
): PackageReport {
  const { archiveSize, archiveSha256 } = artifact.index.header;
  const via = importChain(first, (url) => graph.get(url));
  return {
    name,
    version,
    archiveSize,
    sha256: archiveSha256,
    integrity,
    source,
    modules,
    via,
  };
}

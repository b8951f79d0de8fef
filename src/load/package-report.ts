import { importChain } from "../link/import-chain.ts";
import type { GraphModule, ModuleGraph } from "../link/module-graph.ts";
import type { PackageReport } from "../loader.ts";
import type { Source } from "../events.ts";
import type { PartialPackage } from "../link/partial/partial-format.ts";

/** A package whose modules are at hand. */
export interface PresentPackage extends PartialPackage {
  readonly source: Source;
}

/** One report for each package that has modules in the program, in the order in which they were reached. */
export function reportPackages(graph: ModuleGraph, present: ReadonlyMap<string, PresentPackage>): PackageReport[] {
  const byPackage = Map.groupBy(graph.values(), (module) => (module.owner.kind === "package" ? module.owner.key : ""));
  byPackage.delete("");
  return [...byPackage].flatMap(([key, modules]) => {
    const entry = present.get(key);
    const first = modules[0];
    return entry === undefined || first === undefined ? [] : [reportPackage(modules.length, first, entry, graph)];
  });
}

function reportPackage(
  modules: number,
  first: GraphModule,
  { name, version, source, integrity, archiveSize, archiveSha256 }: PresentPackage,
  graph: ModuleGraph,
): PackageReport {
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

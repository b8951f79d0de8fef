import { ProgramGraph, type ProgramGraphPorts } from "./program-graph.ts";

/**
 * Asks an edge for a program's graph; undefined where there is none to ask, where nobody may be asked, and where what names mean
 * is not only for lockfile, manifests and the one registry to say: the edge knows neither import maps nor plug-ins, other
 * registries or a language's rules.
 */
export function createProgramGraph(ports: ProgramGraphPorts): ProgramGraph | undefined {
  const { project, options, context } = ports;
  const { edge, resolvers = [], registries, language } = context.options;
  const isPlain = context.importMap === undefined && resolvers.length === 0 && language === undefined;
  const hasOwnModules = Object.keys(project.files).some((path) => path.includes("/node_modules/"));
  if (edge === undefined || options.cacheSetting === "only") return undefined;
  if (!isPlain || registries !== undefined || hasOwnModules) return undefined;
  return new ProgramGraph(edge, ports);
}

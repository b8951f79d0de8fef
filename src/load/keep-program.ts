import type { ModuleGraph } from "../link/module-graph.ts";
import { writePartial } from "../link/partial/write-partial.ts";
import type { LoaderOptions, LoadOptions, Project } from "../loader.ts";
import type { Image } from "../run/image.ts";
import { keepPartial } from "./kept-partial.ts";
import { keepLinkedProgram } from "./linked-program.ts";
import type { LoadContext } from "./load-context.ts";
import { type PresentPackage, reportPackages } from "./package-report.ts";

/** A program as it was linked: what it asks for when it runs is not of it. */
export interface ProgramParts {
  readonly project: Project;
  readonly options: LoadOptions;
  readonly image: Image;
  /** Modules that it was linked of. */
  readonly graph: ModuleGraph;
  readonly lockfile: string;
  readonly present: ReadonlyMap<string, PresentPackage>;
  /** Whether another load of the same would give the same: not where something is fetched each time, or after a while. */
  readonly isLasting: boolean;
}

/** Stores what the next load reads instead: the modules of packages, linked partially, and the image. */
export async function keepProgram(
  { project, options, image, graph, lockfile, present, isLasting }: ProgramParts,
  what: Exclude<LoaderOptions["keepLinked"], "nothing">,
  context: LoadContext,
): Promise<void> {
  const { base } = context.options;
  const isNew = [...graph.values()].some(({ owner, partial }) => owner.kind === "package" && partial === undefined);
  // Whichever came first: the same packages make the same object.
  const packages = [...present.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const write = (inputs: string) => writePartial(graph, { inputs, base, packages });
  if (isNew) await keepPartial(project, lockfile, options, context, write);
  if (what === "packages" || !isLasting) return;
  const reports = reportPackages(graph, present);
  await keepLinkedProgram(project, options, context, { image, lockfile, packages: reports });
}

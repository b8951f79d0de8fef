import { isLoaderError, type LoaderError } from "../errors.ts";
import { placeIn } from "../link/bind-error.ts";
import type { GraphModule } from "../link/module-graph.ts";
import { nearest } from "../link/nearest-name.ts";
import { type LinkContext, resolveRequest } from "../link/resolve-request.ts";
import type { ScannedImport } from "../link/scan-imports.ts";
import { type SourceFix, type SourcePlace, type SourceProblem } from "../link/source-problem.ts";
import { IMPORTER_KINDS } from "../lock/lock.ts";
import { packageNameOf } from "../resolve/package-request.ts";
import type { ViewModules } from "./view-modules.ts";

/**
 * `error`: the loader refuses the program; `warning`: the call fails when it is made; `information`: the next load has to
 * ask the network, or cannot be told without what is not stored.
 */
export type ProblemSeverity = "error" | "warning" | "information";

/** A problem as an editor shows it. */
export interface EditorProblem extends SourceProblem {
  readonly severity: ProblemSeverity;
}

/** A file that is looked at. */
export interface ViewedFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly ScannedImport[];
}

/** What is wrong with a file, in the order of its text. */
export async function findProblems(
  file: ViewedFile,
  modules: ViewModules,
  context: LinkContext,
): Promise<EditorProblem[]> {
  const module = await modules.file(file.path);
  // Only who imports a file that is no module has a problem with it.
  if (isLoaderError(module)) return module.code === NO_MODULE ? [] : [sourceProblem(module, file)];
  const made = file.imports.filter((found) => isMade(found, module));
  const requests = await Promise.all(
    made.map(async (found) => {
      const error = await requestError(found, file, module, { modules, context });
      return error === undefined ? [] : [described(error, found, specifierPlace(found, file), context)];
    }),
  );
  const bindings = await modules.bindingProblems(module);
  const problems = [...requests.flat(), ...bindings.map((problem) => ({ ...problem, severity: "error" as const }))];
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

const NO_MODULE = "ERR_UNKNOWN_MODULE_FORMAT";

/** Of TypeScript, imports of types only are gone when the program runs. */
function isMade({ specifier, kind }: ScannedImport, { record }: GraphModule): boolean {
  return record.requests.some((request) => request.specifier === specifier && request.kind === kind);
}

function sourceProblem({ code, message, details }: LoaderError, { path, text }: ViewedFile): EditorProblem {
  const { line = 1, column = 1 } = details;
  const [word = ""] = /^(?:[\w$]+|.)?/u.exec(text.split("\n")[line - 1]?.slice(column - 1) ?? "") ?? [];
  return { code, message, file: path, line, column, end: { line, column: column + word.length }, severity: "error" };
}

/** Why a request leads nowhere. */
async function requestError(
  found: ScannedImport,
  file: ViewedFile,
  module: GraphModule,
  { modules, context }: { readonly modules: ViewModules; readonly context: LinkContext },
): Promise<LoaderError | undefined> {
  const { specifier, kind } = found;
  const { line, column } = specifierPlace(found, file);
  const details = { specifier, referrer: `${file.path}:${line}:${column}` };
  const how = kind === "require" ? "require" : "import";
  try {
    const { mode } = module.record.requests.find((one) => one.specifier === specifier) ?? {};
    const { owner, path } = await resolveRequest({ specifier, kind: how, mode, referrer: module, details }, context);
    if (owner.kind !== "project" || kind === "resolve" || isData(found, module)) return undefined;
    const target = await modules.file(path);
    return isLoaderError(target) && target.code === NO_MODULE ? target : undefined;
  } catch (error) {
    if (isLoaderError(error)) return error;
    throw error;
  }
}

/** Whether it is imported with attributes, or as a source: any file can be. */
function isData({ specifier }: ScannedImport, { record }: GraphModule): boolean {
  return record.requests.some(
    ({ specifier: other, type, phase }) => other === specifier && (type !== undefined || phase === "source"),
  );
}

function described(error: LoaderError, found: ScannedImport, place: SourcePlace, context: LinkContext): EditorProblem {
  const { code, message, hint } = error;
  const similar = code === "ERR_LOCKFILE_STALE" ? nearestPackage(found.specifier, context) : undefined;
  const suggestion = similar === undefined ? hint : `did you mean "${similar}"?`;
  return {
    code,
    message,
    specifier: found.specifier,
    ...place,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...fixes(suggestion, found, place, context),
    severity: severityOf(error, found),
  };
}

function severityOf({ code, stage }: LoaderError, { kind }: ScannedImport): ProblemSeverity {
  if (code === "ERR_NOT_CACHED" || code === "ERR_LOCKFILE_STALE") return "information";
  return kind === "import" || stage === "verify" ? "error" : "warning";
}

/** A package that the project has, and whose name is nearly that. */
function nearestPackage(specifier: string, { sources }: LinkContext): string | undefined {
  const { importers, imports } = sources.lockfile();
  const declared = Object.values(importers).flatMap((importer) =>
    IMPORTER_KINDS.flatMap((kind) => Object.keys(importer[kind])),
  );
  const names = [...declared, ...Object.keys(imports).map(packageNameOf)];
  return names.includes(specifier) ? undefined : nearest(specifier, names);
}

/** What an error proposes in its hint, put in the place of the specifier. */
function fixes(
  suggestion: string | undefined,
  { specifier }: ScannedImport,
  place: SourcePlace,
  { sources }: LinkContext,
): { fixes?: readonly SourceFix[] } {
  const named = /^did you mean "(.+)"\?$/.exec(suggestion ?? "")?.[1];
  if (named === undefined) return {};
  const text = sources.files.has(named) && specifier.startsWith(".") ? relativePath(place.file, named) : named;
  const column = place.column + 1;
  const end = { line: place.end.line, column: place.end.column - 1 };
  return { fixes: [{ title: `import "${text}"`, edits: [{ ...place, column, end, text }] }] };
}

/** `/a/b.ts` in `/c/d.ts` is `../a/b.ts`. */
function relativePath(from: string, to: string): string {
  const folders = from.split("/").slice(0, -1);
  const target = to.split("/");
  let shared = 0;
  while (shared < folders.length && folders[shared] === target[shared]) shared++;
  const up = folders.slice(shared).map(() => "..");
  return [...(up.length === 0 ? ["."] : up), ...target.slice(shared)].join("/");
}

/** The specifier with its quotes. */
export function specifierPlace(
  { specifierStart, specifierEnd }: ScannedImport,
  { path, text }: ViewedFile,
): SourcePlace {
  return placeIn(text, path, specifierStart, specifierEnd);
}

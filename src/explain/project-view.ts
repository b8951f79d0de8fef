import type { Position } from "../compile/code-frame.ts";
import { LineTable } from "../compile/line-table.ts";
import { LoaderError } from "../errors.ts";
import type { Host } from "../host.ts";
import { placeIn } from "../link/bind-error.ts";
import { type LinkContext, projectReference } from "../link/resolve-request.ts";
import { type ScannedImport, type ScannedKind, scanImports } from "../link/scan-imports.ts";
import type { SourcePlace } from "../link/source-problem.ts";
import { createLoadContext } from "../load/load-context.ts";
import type { LoaderOptions } from "../loader.ts";
import { EMPTY_LOCK, type Lock } from "../lock/lock.ts";
import { readLock } from "../lock/read-lock.ts";
import { requestKey } from "../resolve/package-request.ts";
import { parseSpecifier } from "../specifier/parse-specifier.ts";
import { explainRequest, type RequestExplanation } from "./explain-request.ts";
import { type EditorProblem, findProblems, specifierPlace, type ViewedFile } from "./find-problems.ts";
import { findRequestChains, type WhyReport } from "./request-chains.ts";
import { StoredSources } from "./stored-sources.ts";
import { type KeptModules, ViewModules } from "./view-modules.ts";

/** What an editor has open. */
export interface ViewedProject {
  /** Absolute path (`/main.tsx`) → text. */
  readonly files: Readonly<Record<string, string>>;
  /** Text of a `raya.lock`; without one no package is known. */
  readonly lockfile?: string;
}

/** Where the specifier at a position goes, and why. */
export interface Explanation extends RequestExplanation {
  readonly specifier: string;
  /** How the module is asked for. */
  readonly kind: ScannedKind;
  /** The specifier with its quotes. */
  readonly place: SourcePlace;
}

/** A name that a file imports. */
export interface ImportedBinding {
  /** The name in the file. */
  readonly local: string;
  /** The name in the other module; `*` is its namespace. */
  readonly imported: string;
  readonly specifier: string;
  /** Of the name in the file. */
  readonly place: SourcePlace;
  /** Only a type: nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

/**
 * The editor's view of a project: it answers by the loader's own resolver, from the files, the lockfile and what is stored.
 * Nothing is run and nothing is fetched. Files that have not changed are not read again, so that it can be asked on every
 * keystroke.
 */
export interface ProjectView {
  /** Takes over a file's new text; undefined takes the file away. */
  setFile(path: string, text: string | undefined): void;
  /**
   * Takes over another lockfile.
   * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION
   */
  setLockfile(text: string): void;
  /**
   * Where the specifier at a position goes, step by step; undefined where there is none. The position may be anywhere in an
   * import up to its specifier. A specifier that goes nowhere is no error of this function: the answer has an `error`.
   * @param position line and column, from 1
   * @throws LoaderError ERR_MODULE_NOT_FOUND where the project has no such file
   */
  explain(path: string, position: Position): Promise<Explanation | undefined>;
  /**
   * What is wrong with a file, in the order of its text: what does not parse, imports that lead nowhere, names that are not
   * exported, names that are bound twice. Names of packages that are not stored are not judged.
   * @throws LoaderError ERR_MODULE_NOT_FOUND where the project has no such file
   */
  problems(path: string): Promise<EditorProblem[]>;
  /**
   * The names that a file imports, in the order of its text (M57).
   * @throws LoaderError ERR_MODULE_NOT_FOUND where the project has no such file
   */
  bindings(path: string): ImportedBinding[];
  /**
   * Every chain of requesters from the project to a package.
   * @param name a package's name, for all its versions, or `name@version`
   * @param limit most chains that are given, default 1000; `isComplete` says whether there are more
   */
  why(name: string, limit?: number): WhyReport;
}

/**
 * Opens an editor's view of a project.
 * @param host whose stores are read; its network is not used
 * @param options the loader's: base, mode and builtins decide where specifiers go
 * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION
 */
export function createProjectView(host: Host, options: LoaderOptions, project: ViewedProject): ProjectView {
  return new StoredProjectView(host, options, project);
}

class StoredProjectView implements ProjectView {
  readonly #sources: StoredSources;
  #kept: KeptModules = { files: new Map(), others: new Map(), connected: new Set() };
  readonly #viewed = new Map<string, ViewedFile>();
  readonly #files: Map<string, string>;
  #lockfile: Lock;
  /** Of the files and the lockfile as they are now; made when it is asked for. */
  #state: { readonly context: LinkContext; readonly modules: ViewModules } | undefined;
  /** Settles, never rejecting, when the questions so far have been answered. */
  #answered: Promise<unknown> = Promise.resolve();

  constructor(host: Host, options: LoaderOptions, { files, lockfile }: ViewedProject) {
    this.#sources = new StoredSources(createLoadContext(host, options));
    this.#files = new Map(Object.entries(files));
    this.#lockfile = lockfile === undefined ? EMPTY_LOCK : readLock(lockfile);
  }

  setFile(path: string, text: string | undefined): void {
    if (this.#files.get(path) === text) return;
    if (text === undefined) this.#files.delete(path);
    else this.#files.set(path, text);
    this.#state = undefined;
  }

  setLockfile(text: string): void {
    this.#lockfile = readLock(text);
    this.#kept = { files: this.#kept.files, others: new Map(), connected: new Set() };
    this.#state = undefined;
  }

  async explain(path: string, position: Position): Promise<Explanation | undefined> {
    const file = this.#viewedFile(path);
    const offset = new LineTable(file.text, "script").offsetAt(position) ?? -1;
    const found = file.imports.find(({ start, specifierEnd }) => start <= offset && offset <= specifierEnd);
    if (found === undefined) return undefined;
    const { context } = this.#now();
    const { specifier, kind } = found;
    const place = specifierPlace(found, file);
    const details = { specifier, referrer: `${path}:${place.line}:${place.column}` };
    const referrer = projectReference(path, context);
    const how = kind === "require" ? "require" : "import";
    const explained = await explainRequest({ specifier, kind: how, referrer, details }, context);
    return { specifier, kind, place, ...explained };
  }

  async problems(path: string): Promise<EditorProblem[]> {
    // What is asked is about the project as it is now, whenever its turn comes.
    const file = this.#viewedFile(path);
    const { context, modules } = this.#now();
    const answer = this.#answered.then(() => findProblems(file, modules, context));
    this.#answered = answer.catch(() => undefined);
    return answer;
  }

  bindings(path: string): ImportedBinding[] {
    const { text, imports } = this.#viewedFile(path);
    return imports.flatMap(({ specifier, names }) =>
      names.flatMap(({ local, imported, localStart, localEnd, typeOnly }) => {
        const place = placeIn(text, path, localStart, localEnd);
        return local === undefined ? [] : [{ local, imported, specifier, place, typeOnly }];
      }),
    );
  }

  why(name: string, limit = 1000): WhyReport {
    const places = new Map<string, SourcePlace[]>();
    for (const path of this.#files.keys()) {
      const file = this.#viewedFile(path);
      for (const found of file.imports) {
        const request = packageRequest(found);
        if (request !== undefined) places.set(request, [...(places.get(request) ?? []), specifierPlace(found, file)]);
      }
    }
    return findRequestChains(name, this.#lockfile, (request) => places.get(request) ?? [], limit);
  }

  #now(): { readonly context: LinkContext; readonly modules: ViewModules } {
    if (this.#state === undefined) {
      // Whoever is still at work on an answer keeps the files as they were.
      const context = this.#sources.linkContext({ files: new Map(this.#files), lockfile: this.#lockfile });
      this.#state = { context, modules: new ViewModules(context, this.#kept) };
    }
    return this.#state;
  }

  #viewedFile(path: string): ViewedFile {
    const text = this.#files.get(path);
    if (text === undefined)
      throw new LoaderError("ERR_MODULE_NOT_FOUND", `The project has no file "${path}"`, { file: path });
    let viewed = this.#viewed.get(path);
    if (viewed?.text !== text) {
      viewed = { path, text, imports: isScript(path) ? scanImports(text) : [] };
      this.#viewed.set(path, viewed);
    }
    return viewed;
  }
}

function isScript(path: string): boolean {
  return !/\.(?:json|css|wasm|html|md|txt|svg)$/.test(path);
}

/** What the lockfile has for it, where it names a package. */
function packageRequest({ specifier }: ScannedImport): string | undefined {
  try {
    const parsed = parseSpecifier(specifier, {});
    if (parsed.kind === "package") return requestKey(parsed.package);
    return parsed.kind === "builtin" ? `node:${parsed.name}` : undefined;
  } catch (error) {
    if (error instanceof LoaderError) return undefined;
    throw error;
  }
}

import { LoaderError } from "../errors.ts";
import { assertFrozen } from "../lock/assert-frozen.ts";
import { packageChanges } from "../lock/diff-locks.ts";
import { EMPTY_LOCK, type Lock } from "../lock/lock.ts";
import { printLock } from "../lock/print-lock.ts";
import { type AuditFinding, auditLock } from "./audit-lock.ts";
import { explainPackage, type PackageReason } from "./explain-package.ts";
import { findOutdated, type OutdatedDependency } from "./find-outdated.ts";
import { listDependencies, type ListedDependency } from "./list-dependencies.ts";
import { type DependencyKind, removeDependency, setDependency, workspaceFolder } from "./edit-manifest.ts";
import { type InitOptions, printInitialManifest } from "./initial-manifest.ts";
import { lockCovers, withRootIdentity } from "./lock-covers.ts";
import { type ListedWorkspace, listWorkspaces } from "./list-workspaces.ts";
import { LOCK_FILE, MANIFEST_FILES, type ProjectState, readManifests, readProjectState } from "./read-project-state.ts";
import { resolveArgument } from "./resolve-argument.ts";
import { solveLock } from "./solve-lock.ts";
import type { SolveNotice } from "../solve/solved-graph.ts";
import { type VersionPolicy, versionPolicy } from "../solve/version-picker.ts";
import type {
  AddOptions,
  EditOptions,
  ProjectChange,
  ProjectEnvironment,
  ProjectRegistry,
  RegistrySettings,
  VerbOptions,
} from "./verb-options.ts";
import { findUnmet, printUnmet, type UnmetRequest, withoutUnmet } from "./unmet-requests.ts";
import { wantedPackages } from "./wanted-packages.ts";

/** What one verb wants of one state of the project. */
interface Plan {
  readonly texts: ReadonlyMap<string, string>;
  readonly release?: "all" | readonly string[];
  /** Solve even where the lock has an answer to everything. */
  readonly solve?: boolean;
}

/** How often a verb starts over because somebody else wrote in between. */
const ATTEMPTS = 20;

const KIND_OF = { dev: "devDependencies", optional: "optionalDependencies", peer: "peerDependencies" } as const;

/**
 * The verbs of a package manager over a project's manifests and lock. Each reads the files, and writes what it changed all at
 * once, only if nobody wrote in between; else it starts over with what is there then, so that two writers lose nothing.
 * All of them throw ERR_PROJECT_CHANGED where that fails time and again, and what solving and reading throw.
 */
export class ProjectVerbs {
  readonly #environment: ProjectEnvironment;

  constructor(environment: ProjectEnvironment) {
    this.#environment = environment;
  }

  /**
   * Makes a manifest (L16 to L18).
   * @throws LoaderError ERR_PROJECT_EXISTS where there is one
   */
  async init(options: InitOptions): Promise<Readonly<Record<string, string>>> {
    const { files } = this.#environment;
    const { texts, versions } = await readProjectState(files);
    const present = MANIFEST_FILES.find((file) => texts.has(file));
    if (present !== undefined) {
      throw new LoaderError("ERR_PROJECT_EXISTS", `There is a ${present} already`, { file: present });
    }
    const [file, text] = printInitialManifest(options);
    if (!(await files.commit(versions, new Map([[file, text]])))) throw changedError();
    return { [file]: text };
  }

  /** Makes the lock answer what the manifests ask; what it has stays where it still fits (R51, R71). To install more is to `add` it (R54). */
  async install(options: VerbOptions = {}): Promise<ProjectChange> {
    return this.#run(options, async ({ texts }) => ({ texts, solve: options.force === true }));
  }

  /**
   * Adds packages to a manifest, and what they need to the lock (R52 to R55, P17, P18).
   * @param packages `name`, `name@range`, `alias@npm:name@range`, URLs, repositories, paths
   */
  async add(packages: readonly string[], options: AddOptions = {}): Promise<ProjectChange> {
    const { saveAs, exact = false, alias } = options;
    if (alias !== undefined && packages.length !== 1) {
      throw new LoaderError(
        "ERR_INVALID_PACKAGE_NAME",
        `The alias "${alias}" is for one package, not ${packages.length}`,
      );
    }
    const kind: DependencyKind = saveAs === undefined ? "dependencies" : KIND_OF[saveAs];
    return this.#run(options, async ({ texts }, metadata) => {
      const folder = workspaceFolder(texts, options.workspace);
      const { manifests } = readManifests(texts);
      const policy = this.#policy(options);
      const added = await Promise.all(
        packages.map((argument) => resolveArgument(argument, { metadata, manifests, policy, exact, alias })),
      );
      let edited = texts;
      for (const { name, range } of added) edited = setDependency(edited, { folder, kind, name, range });
      return { texts: edited, release: added.flatMap(releasedBy) };
    });
  }

  /**
   * Takes packages out of a manifest, and what nothing needs any more out of the lock (P19, R123).
   * @throws LoaderError ERR_DEPENDENCY_NOT_FOUND for one that the manifest does not have
   */
  async remove(names: readonly string[], options: EditOptions = {}): Promise<ProjectChange> {
    return this.#run(options, async ({ texts }) => {
      const folder = workspaceFolder(texts, options.workspace);
      let edited = texts;
      for (const name of names) edited = removeDependency(edited, folder, name);
      return { texts: edited };
    });
  }

  /**
   * Chooses versions anew, within the manifests' ranges: of everything, or of these packages alone (R72).
   * @throws LoaderError ERR_DEPENDENCY_NOT_FOUND for a name that the lock does not have
   */
  async update(names: readonly string[] = [], options: VerbOptions = {}): Promise<ProjectChange> {
    return this.#run(options, async ({ texts, lock = EMPTY_LOCK }) => {
      const known = new Set(Object.values(lock.packages).map(({ name }) => name));
      const unknown = names.find((name) => !known.has(name));
      if (unknown !== undefined) {
        const message = `The lockfile has no package "${unknown}"`;
        throw new LoaderError("ERR_DEPENDENCY_NOT_FOUND", message, { package: unknown });
      }
      return { texts, release: names.length === 0 ? "all" : names, solve: true };
    });
  }

  /** Lets packages share versions that the lock has already, as far as their ranges go (R79); brings no new ones. */
  async dedupe(options: VerbOptions = {}): Promise<ProjectChange> {
    return this.#run(options, async ({ texts }) => ({ texts, solve: true }));
  }

  /** What the project asks for, and what the lock gives it (L15). Empty without a lock. */
  async list(): Promise<ListedDependency[]> {
    return listDependencies(await this.#lock());
  }

  /**
   * The packages of the project's own (P48).
   * @param filters names and paths, as `listWorkspaces` has them (P50). Default: all
   * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG
   */
  async workspaces(filters: readonly string[] = []): Promise<ListedWorkspace[]> {
    const { texts } = await readProjectState(this.#environment.files);
    return listWorkspaces(readManifests(texts).manifests, filters);
  }

  /** What is not the newest that its range allows, or not the latest. */
  async outdated(options: VerbOptions = {}): Promise<OutdatedDependency[]> {
    return findOutdated(await this.#lock(), this.#environment.registry(options), this.#policy(options));
  }

  /**
   * Why a package is there: every version of it with who asks for it.
   * @throws LoaderError ERR_DEPENDENCY_NOT_FOUND
   */
  async why(name: string): Promise<PackageReason[]> {
    return explainPackage(await this.#lock(), name);
  }

  /** What the lock has to answer for (P16), with the registry's advisories where it gives some. */
  async audit(options: RegistrySettings = {}): Promise<AuditFinding[]> {
    return auditLock(await this.#lock(), this.#environment.registry(options).advisories);
  }

  async #lock(): Promise<Lock> {
    return (await readProjectState(this.#environment.files)).lock ?? EMPTY_LOCK;
  }

  async #run(
    options: VerbOptions,
    plan: (state: ProjectState, registry: ProjectRegistry) => Promise<Plan>,
  ): Promise<ProjectChange> {
    const { files } = this.#environment;
    const registry = this.#environment.registry(options);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const state = await readProjectState(files);
      const change = await this.#carryOut(await plan(state, registry), state, registry, options);
      if (options.save === false) return { ...change, written: {} };
      const texts = new Map(Object.entries(change.written));
      if (options.dryRun === true || texts.size === 0) return change;
      if (await files.commit(state.versions, texts)) return change;
    }
    throw changedError();
  }

  async #carryOut(
    { texts, release = [], solve = false }: Plan,
    state: ProjectState,
    registry: ProjectRegistry,
    options: VerbOptions,
  ): Promise<ProjectChange> {
    const project = readManifests(texts);
    const unmet = findUnmet(state.lock ?? EMPTY_LOCK);
    const previous = state.lock && withoutUnmet(state.lock, unmet);
    const { frozen = false, save: _save, ...settings } = options;
    const isAnswered =
      previous !== undefined && !solve && release.length === 0 && lockCovers(previous, project.manifests);
    const solved = isAnswered
      ? { lock: frozen ? previous : withRootIdentity(previous, project.manifests), notices: [] }
      : await solveLock({ project, previous, release, registries: registry.bases }, registry, {
          ...settings,
          now: this.#environment.now(),
        });
    const { lock, notices } = solved;
    if (frozen) assertFrozen(state.lock ?? EMPTY_LOCK, lock);
    const changes = packageChanges(state.lock ?? EMPTY_LOCK, lock);
    return {
      ...changes,
      lock,
      notices: [...unmet.map(unmetNotice), ...notices],
      wanted: wantedPackages(lock, options),
      written: writtenTexts(texts, state, lock),
    };
  }

  #policy(options: VerbOptions): VersionPolicy {
    return versionPolicy({ ...options, now: this.#environment.now() });
  }
}

/** What is added is chosen anew, whatever the lock has. */
function releasedBy({ name, range }: { readonly name: string; readonly range: string }): string[] {
  const real = /^npm:(@?[^@]+)/.exec(range)?.[1];
  return [real ?? name];
}

function unmetNotice(request: UnmetRequest): SolveNotice {
  const message = `${printUnmet(request)}: the lockfile has been edited, and it is chosen anew`;
  return { kind: "lock-unmet", subject: request.id, message };
}

function writtenTexts(texts: ReadonlyMap<string, string>, state: ProjectState, lock: Lock): Record<string, string> {
  const after = new Map(texts).set(LOCK_FILE, printLock(lock));
  return Object.fromEntries([...after].filter(([path, text]) => state.texts.get(path) !== text));
}

function changedError(): LoaderError {
  return new LoaderError(
    "ERR_PROJECT_CHANGED",
    `The project's files were changed by others ${ATTEMPTS} times in a row`,
  );
}

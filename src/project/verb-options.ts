import type { PackageChanges } from "../lock/diff-locks.ts";
import type { Lock } from "../lock/lock.ts";
import type { SolveContext } from "../solve/gather-metadata.ts";
import type { SolveOptions } from "../solve/solve-project.ts";
import type { SolveNotice } from "../solve/solved-graph.ts";
import type { AskAdvisories } from "./audit-lock.ts";
import type { ProjectFiles } from "./project-files.ts";
import type { WantedOptions } from "./wanted-packages.ts";

/** How a verb speaks to the registry. */
export interface RegistrySettings {
  /** Base URL in place of the project's own (P14). */
  readonly registry?: string;
  /** Requests at once (P13). */
  readonly concurrency?: number;
  /** Use nothing that was kept from before (P11). */
  readonly force?: boolean;
}

/** A registry, and base URLs of archives that mean it. */
export interface ProjectRegistry extends SolveContext {
  readonly bases: readonly string[];
  readonly advisories?: AskAdvisories;
}

/** What the verbs work on and with. */
export interface ProjectEnvironment {
  readonly files: ProjectFiles;
  /** Opened once for each run of a verb that needs metadata. */
  registry(settings: RegistrySettings): ProjectRegistry;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What all verbs that change something take. */
export interface VerbOptions extends RegistrySettings, WantedOptions, Partial<Omit<SolveOptions, "now" | "preferred">> {
  /** Nothing may change (P6): ERR_LOCKFILE_STALE says what would. Default false. */
  readonly frozen?: boolean;
  /** Write nothing (P12). Default false. */
  readonly dryRun?: boolean;
  /** False: for this run alone (P8). Manifests and lock stay as they are, what is returned has the change. Default true. */
  readonly save?: boolean;
}

export interface EditOptions extends VerbOptions {
  /** Name or path of the workspace whose manifest is edited (P18). Default: the root's. */
  readonly workspace?: string;
}

export interface AddOptions extends EditOptions {
  /** Into which kind of dependencies; at most one of them. Default: those of production. */
  readonly saveAs?: "dev" | "optional" | "peer";
  /** Write the exact version. Default false. */
  readonly exact?: boolean;
  /** Name to import it by; for one package at a time. */
  readonly alias?: string;
}

/** What a verb did, or with `dryRun` would do (P15). */
export interface ProjectChange extends PackageChanges {
  readonly lock: Lock;
  /** Ids of what has to be fetched for the options `production`, `dev`, `optional` and `platform`. */
  readonly wanted: readonly string[];
  readonly notices: readonly SolveNotice[];
  /** Text of the files that changed, by path. */
  readonly written: Readonly<Record<string, string>>;
}

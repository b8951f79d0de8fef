import type { LoaderEvent, Source } from "./events.ts";
import type { Host } from "./host.ts";
import type { Limits } from "./limits.ts";
import type { Image, Realm, RealmServices } from "./run/image.ts";

/** A project: files in memory, by absolute path (`/main.tsx`). */
export interface Project {
  readonly files: Readonly<Record<string, string>>;
  /** Path of the file to run. */
  readonly entry: string;
}

/** Settings of a loader. */
export interface LoaderOptions {
  /** Base URL of an npm registry or of an edge's `/npm/`; ends with `/`. */
  readonly registry: string;
  /** Base of module URLs and of relative URLs that programs make; ends with `/`. */
  readonly base: string;
  /** Prefix that URL imports of other origins go through, the encoded URL is appended; without it they are fetched directly. */
  readonly urlProxy?: string;
  /** `process.env.NODE_ENV` and the condition of that name. Default `production`. */
  readonly mode?: "production" | "development";
  readonly limits?: Partial<Limits>;
  /** Hears what every stage does. */
  readonly onEvent?: (event: LoaderEvent) => void;
}

/** Settings of one load. */
export interface LoadOptions {
  /** Text of a `raya.lock`: what it pins is what is loaded; what it lacks is solved and added. */
  readonly lockfile?: string;
  /** Refuse anything that would change the lockfile. Default false. */
  readonly frozen?: boolean;
  /** `only` never touches the network. Default `use`. */
  readonly cacheSetting?: "use" | "only";
  readonly signal?: AbortSignal;
}

/** What was loaded of one package. */
export interface PackageReport {
  readonly name: string;
  readonly version: string;
  /** Compressed archive, bytes. */
  readonly archiveSize: number;
  /** SHA-256 of the archive, 64 hex digits. */
  readonly sha256: string;
  /** The registry's integrity of the archive, SRI. */
  readonly integrity: string;
  /** Where its bytes came from this time. */
  readonly source: Source;
  /** Modules of it in the program. */
  readonly modules: number;
  /** The chain of imports that brought it in, from the project's file to this package. */
  readonly via: readonly string[];
}

/** A linked program: nothing of it has run. */
export interface Program extends RealmServices {
  readonly image: Image;
  /** Text of the lockfile that describes exactly what was loaded. */
  readonly lockfile: string;
  readonly packages: readonly PackageReport[];
}

/** Loads projects and packages. */
export interface Loader {
  /** Resolves, fetches, verifies, compiles, stores and links `project`; runs nothing. */
  load(project: Project, options?: LoadOptions): Promise<Program>;
  /** Loads and starts `project` in the host's realm. */
  run(project: Project, options?: LoadOptions): Promise<Realm>;
  /** Loads `specifier` as a program of one import and gives its namespace. */
  import(specifier: string, options?: LoadOptions): Promise<Record<string, unknown>>;
}

export type CreateLoader = (host: Host, options: LoaderOptions) => Loader;

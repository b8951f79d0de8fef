import type { PackageTypes } from "./artifact/package-types.ts";
import { LoaderError } from "./errors.ts";
import type { LoaderEvent, Source } from "./events.ts";
import type { RegistryTexts } from "./fetch/registries/read-registries.ts";
import type { Host } from "./host.ts";
import type { Limits } from "./limits.ts";
import type { NativeModule } from "./link/native-modules.ts";
import type { Linking } from "./link/create-linker.ts";
import { createLoadContext, type LoadContext } from "./load/load-context.ts";
import { readLinkedProgram } from "./load/linked-program.ts";
import { ProgramLoad } from "./load/program-load.ts";
import type { LanguageRules } from "./resolve/language-entry.ts";
import type { ImportMode } from "./resolve/import-mode.ts";
import type { Resolver } from "./resolve/resolvers/resolver.ts";
import type { Image, Realm, RealmServices } from "./run/image.ts";

/**
 * A project: files in memory, by absolute path (`/main.tsx`). A `package.json` or `raya.toml` among them says which packages
 * names mean, as it does on a disk: dependencies, workspaces, overrides, catalogs, `imports`.
 */
export interface Project {
  readonly files: Readonly<Record<string, string>>;
  /** Path of the file to run. */
  readonly entry: string;
}

/** An import map, as it stands in a page. */
export interface ImportMapSource {
  readonly imports?: Readonly<Record<string, string | null>>;
  readonly scopes?: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  readonly integrity?: Readonly<Record<string, string>>;
}

/** Settings of a loader. */
export interface LoaderOptions {
  /** Base URL of an npm registry or of an edge's `/npm/`; ends with `/`. */
  readonly registry: string;
  /**
   * Further registries, mirrors and tokens, as the texts of an `.npmrc` and a `config.toml`. The default registry that they
   * name comes before `registry`; `limits` come before what they say of the network. Default none.
   */
  readonly registries?: RegistryTexts;
  /**
   * Base URL of an edge, ends with `/`: it is asked for the whole graph of a program, `POST <edge>graph`, before the registry is
   * asked for package after package. What it has compiled is believed where the lockfile does not say what it should be, so
   * it is to be one that would be believed to compile. Where it cannot answer, the registry is asked; where that is
   * the edge's own, below this URL, for the metadata of all that a program leads to in one answer. Default none.
   */
  readonly edge?: string;
  /** Base of module URLs and of relative URLs that programs make; ends with `/`. */
  readonly base: string;
  /** Prefix that URL imports of other origins go through, the encoded URL is appended; without it they are fetched directly. */
  readonly urlProxy?: string;
  /** `process.env.NODE_ENV` and the condition of that name. Default `production`. */
  readonly mode?: "production" | "development";
  /** Conditions of `exports` and `imports` that hold beside those of browsers: `workerd`, `worker`. Default none. */
  readonly conditions?: readonly string[];
  /**
   * `image`: ES modules share one scope, and what nothing uses is left out; `isolate`: the same as a native module, for
   * runtimes that make no code from text; `modules`: each one is a native module of its own, which is slower and the
   * reference for the others. Default `image`.
   */
  readonly linking?: Linking;
  /**
   * Gives images source maps, for debuggers: what stands in the project's files, TypeScript included, and in those that
   * packages were made from, as far as they come with maps of their own. Images are a fifth larger with them and take longer
   * to link. Debuggers get the files of packages from `base`, where an edge serves them. Default false.
   */
  readonly sourceMaps?: boolean;
  /**
   * What of a linked program is stored for the next load with its lockfile: `program`, so that the same files start without
   * loading or linking; `packages`, the modules of packages only; `nothing`. Default `program`.
   */
  readonly keepLinked?: "program" | "packages" | "nothing";
  /**
   * Whether what registries say of packages is stored, reduced: the next load that solves asks them only for what is no longer
   * fresh, and with `cacheSetting: "only"` solves without them. Behind a service worker that keeps it already it is kept
   * twice. Default false.
   */
  readonly keepMetadata?: boolean;
  /**
   * `maxSize`: how much the store may keep, bytes or `10GB`, `512MiB`; default that of `registries.config`, or else as much as
   * the host's storage takes. Where more is stored, what was used longest ago is dropped when a load is over; never what a
   * pin leads to (`CacheVerbs.pin`), nor what the programs need that were just loaded.
   */
  readonly cache?: { readonly maxSize?: number | string };
  readonly limits?: Partial<Limits>;
  /** Names of the modules of Node, without `node:`, that are there where programs run. Default: those of the host's realms. */
  readonly builtins?: Iterable<string>;
  /**
   * Modules that programs import as `native:name`, and who may, beside `crypto` (WebCrypto) and `fetch`, which there are unless
   * they are given otherwise: `{ clock: { source: "export const now = () => Date.now();" } }`. They run in the program's realm and
   * are in no lockfile. Default none.
   */
  readonly nativeModules?: Readonly<Record<string, NativeModule>>;
  /**
   * Package, or chain of packages joined by `>` → the range, version or `npm:other@range` that is used whatever is asked, by
   * the project itself too: `{ react: "19.2.0", "app>http": "^2" }`. They go before those of the project's manifests. Default none.
   */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Only versions that were published by then are chosen; what is locked stays. Default: all that there are. */
  readonly before?: Date;
  /**
   * How long a version must have been out to be chosen, milliseconds; what is locked stays. A day keeps away most of what is
   * taken back because it is malicious. A registry's short answers have no dates: where a package was changed since, it is
   * asked for the whole packument of that one. What has no date counts as old. Default one day; 0 for no wait.
   */
  readonly minimumReleaseAge?: number;
  /** Names of packages that the minimum age does not hold for; `*` stands for any part of a name. Default none. */
  readonly releaseAgeExceptions?: readonly string[];
  /** Plug-ins that say where names lead that mean nothing else, or something else: `githubResolver()`. Default none. */
  readonly resolvers?: readonly Resolver[];
  /**
   * Modes of imports that state none by `with { mode: "live" }`, by the beginning of their specifiers; the longest counts:
   * `{ "https://": "cached 5m", "https://api.example/": "live" }`. Default: packages are `module`, URLs `static`, files of the
   * project `local`.
   */
  readonly importModes?: Readonly<Record<string, ImportMode>>;
  /**
   * What the lockfile is enforced for: `all` that it pins, or `packages`, so that a module by URL that has changed at its place is
   * taken as it is now, with a `warning`, and locked anew; not with `frozen`. An integrity that an import states itself holds
   * in either. Default `all`.
   */
  readonly lockEnforcement?: "all" | "packages";
  /**
   * A standard import map, as object or text, that is asked about every specifier before anything else is. Addresses are URLs,
   * files of the project (`/vendor/x.js`; `./` is the project's root) and packages (`npm:preact@^10/compat`); scopes are
   * files and folders of the project, and module URLs. Its `integrity` is that of modules by URL. Default none.
   */
  readonly importMap?: string | ImportMapSource;
  /**
   * A language whose packages name their entries in a field of package.json of their own, `lumina` say: `field` is a path or
   * a map as `exports` is, `extensions` the endings that entries may have (default: all that can be compiled as source),
   * `strict` refuses packages without the field and packages that depend on each other in a circle. Default none.
   */
  readonly language?: Pick<LanguageRules, "field"> & Partial<LanguageRules>;
  /** Whether events tell every decision about versions, with its reason, and what the lockfile answers. Default false. */
  readonly debug?: boolean;
  /** Hears what every stage does. */
  readonly onEvent?: (event: LoaderEvent) => void;
}

/** Settings of one load. */
export interface LoadOptions {
  /**
   * Text of a `raya.lock`: what it pins is what is loaded; what it lacks is solved and added. Default: the project's file
   * `/raya.lock`, if it has one.
   */
  readonly lockfile?: string;
  /** Refuse anything that would change the lockfile. Default false. */
  readonly frozen?: boolean;
  /** `process.env.NODE_ENV` and the condition of that name. Default the loader's. */
  readonly mode?: "production" | "development";
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
  /**
   * Settles when what the next load reads instead is stored, which goes on while the program starts. Where it cannot be
   * stored it rejects, after an event that says so; the program runs all the same.
   */
  readonly kept: Promise<void>;
  /**
   * Type definitions of a package of the lockfile, `name@version`.
   * @throws LoaderError ERR_LOCKFILE_INVALID where it is none of the lockfile; ERR_NOT_CACHED, and what fetching throws
   */
  readTypes(key: string): Promise<PackageTypes>;
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

/**
 * Creates a loader for a host. A load goes through the stages in this order, each of which is a folder:
 * specifier → resolve → fetch → verify → compile → store → link → run.
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID where `options.registries` cannot be read; ERR_IMPORT_MAP_INVALID
 */
export function createLoader(host: Host, options: LoaderOptions): Loader {
  const context = createLoadContext(host, options);
  return {
    load: (project, loadOptions = {}) => loadProgram(project, loadOptions, context),
    run: async (project, loadOptions = {}) => evaluate(await loadProgram(project, loadOptions, context), context),
    import: async (specifier, loadOptions = {}) => {
      const realm = await evaluate(await loadProgram(importing(specifier), loadOptions, context), context);
      const { imported } = realm.namespace as { imported: Record<string, unknown> };
      return imported;
    },
  };
}

function loadProgram(project: Project, given: LoadOptions, context: LoadContext): Promise<Program> {
  const load = (): Promise<Program> => readOrLink(project, given, context);
  return context.upkeep === undefined ? load() : context.upkeep.during(load);
}

async function readOrLink(project: Project, given: LoadOptions, context: LoadContext): Promise<Program> {
  const lockfile = given.lockfile ?? project.files["/raya.lock"];
  const options = lockfile === undefined ? given : { ...given, lockfile };
  const { keepLinked = "program" } = context.options;
  if (keepLinked !== "program") return linkProgram(project, options, context, keepLinked);
  const linked = await readLinkedProgram(project, options, context, () =>
    linkProgram(project, options, context, "packages"),
  );
  return linked ?? linkProgram(project, options, context, keepLinked);
}

async function linkProgram(
  project: Project,
  options: LoadOptions,
  context: LoadContext,
  kept: LoaderOptions["keepLinked"],
): Promise<Program> {
  const load = new ProgramLoad(project, options, context);
  // specifier, resolve: what the project asks for, and which versions that means
  await load.lock();
  // fetch, verify, compile, store: the packages and modules that are reached
  await load.reach();
  // link: one image with every specifier resolved
  const program = await load.link();
  // store: what the next load reads instead, while this one starts
  load.keep(program, kept);
  return program;
}

/** run: the host's way of starting an image */
async function evaluate(program: Program, { host }: LoadContext): Promise<Realm> {
  if (host.evaluate === undefined) {
    throw new LoaderError("ERR_EVALUATE_UNAVAILABLE", `The host "${host.name}" cannot evaluate code`, {
      hint: "load() gives the image; start it where code may run",
    });
  }
  return host.evaluate(program.image, program);
}

/** A program that is one import. */
function importing(specifier: string): Project {
  const entry = "/import.js";
  return { entry, files: { [entry]: `export * as imported from ${JSON.stringify(specifier)};` } };
}

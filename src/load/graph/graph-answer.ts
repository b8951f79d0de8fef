import { PackageArtifact, type PartReaders } from "../../artifact/package-artifact.ts";
import type { RbinFile, RbinIndex } from "../../artifact/read-rbin.ts";
import { LoaderError } from "../../errors.ts";
import type { LoadOptions, Project } from "../../loader.ts";
import { EMPTY_LOCK, type LockedPackage } from "../../lock/lock.ts";
import { printLockJson } from "../../lock/print-lock.ts";
import { readLock } from "../../lock/read-lock.ts";
import type { LoadContext } from "../load-context.ts";
import { archiveKey, assertOrigin } from "../artifact-origin.ts";
import type { LoadedArtifact } from "../load-package.ts";
import { ProgramLoad } from "../program-load.ts";
import type { GraphQuestion, WantedImport } from "./graph-question.ts";

/** A compiled package that parts are sent of. */
export interface SentPackage {
  readonly index: RbinIndex;
  /** SHA-256 of the index, raw. */
  readonly digest: Uint8Array;
  file(file: RbinFile): Promise<Uint8Array<ArrayBuffer>>;
}

/** Hears what of which package a program needs, in the order in which it is needed. */
export interface GraphListener<Package extends SentPackage> {
  /** A package is going to be loaded: that may take a while. @param name `name@version` */
  loading(name: string): void;
  package(found: Package): void;
  file(found: Package, file: RbinFile, bytes: Uint8Array<ArrayBuffer>): void;
}

/** Where the answer to a question comes from. */
export interface GraphSources<Package extends SentPackage> {
  /** All but the settings that the question has. */
  readonly context: LoadContext;
  load(name: string, version: string): Promise<Package>;
}

/**
 * Answers what a program's imports mean and need: a load of a program that has nothing but those imports, by which every file
 * that is read is noted.
 */
export class GraphAnswer<Package extends SentPackage> {
  readonly #load: ProgramLoad;
  readonly #imports: readonly WantedImport[];

  /** @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION, ERR_INVALID_PACKAGE_CONFIG */
  constructor(question: GraphQuestion, sources: GraphSources<Package>, listener: GraphListener<Package>) {
    const lockfile = printLockJson(question.lock === undefined ? EMPTY_LOCK : readLock(question.lock));
    const options: LoadOptions = { lockfile, ...modeOf(question.mode) };
    const loadArtifact = async (locked: LockedPackage): Promise<LoadedArtifact> => {
      const { name, version, integrity = "" } = locked;
      const key = archiveKey(locked);
      if (locked.source.kind !== "registry" || locked.source.registry !== "npm")
        throw new LoaderError("ERR_SOURCE_UNSUPPORTED", `"${key}" is not of this edge's registry`, { package: key });
      listener.loading(key);
      const found = await sources.load(name, version);
      assertOrigin(found.index, locked, key);
      listener.package(found);
      const artifact = new PackageArtifact(
        found.index,
        watch(found, (file, bytes) => listener.file(found, file, bytes)),
      );
      return { artifact, name, version, integrity, source: "edge", ...NOTHING_ELSE };
    };
    this.#imports = question.imports;
    this.#load = new ProgramLoad(projectOf(question), options, { ...sources.context, loadArtifact });
  }

  /**
   * The text of the lockfile, JSON.
   * @throws LoaderError of the stages specifier, resolve and fetch
   */
  async lock(): Promise<string> {
    await this.#load.lock();
    return printLockJson(this.#load.decided);
  }

  /**
   * Walks the graph, which the listener hears.
   * @returns the lockfile, which now has what packages have turned out to need too
   */
  async walk(): Promise<string> {
    await this.#load.reach();
    for (const { package: id, from, specifier, type } of this.#imports)
      if (id !== undefined) await this.#load.reachFrom(id, from, specifier, type);
    return printLockJson(this.#load.decided);
  }
}

/** Gives every file by itself, and says which are read. */
function watch(found: SentPackage, onRead: (file: RbinFile, bytes: Uint8Array<ArrayBuffer>) => void): PartReaders {
  const none = async (): Promise<never> => {
    throw new TypeError("Every file is there by itself");
  };
  const file = async (wanted: RbinFile): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = await found.file(wanted);
    onRead(wanted, bytes);
    return bytes;
  };
  return { modules: none, rest: none, file };
}

/** Whoever asks keeps it, and asks for the rest elsewhere. */
const NOTHING_ELSE: Pick<LoadedArtifact, "keepReached" | "maps" | "types"> = {
  keepReached: async () => undefined,
  maps: () => Promise.reject(new TypeError("A graph has no source maps")),
  types: () => Promise.reject(new TypeError("A graph has no types")),
};

function modeOf(mode: string): Pick<LoadOptions, "mode"> {
  if (mode === "production" || mode === "development") return { mode };
  throw new LoaderError("ERR_REQUEST_INVALID", `"${mode}" is no mode`, { expected: "production, development" });
}

const ENTRY = "/[graph].js";

/** The manifests, and in each folder one file with the imports that are made there. */
function projectOf({ imports, manifests }: GraphQuestion): Project {
  const texts = new Map<string, string>();
  for (const wanted of imports) {
    if (wanted.package !== undefined) continue;
    const path = `${folderOf(wanted.from)}[graph-${wanted.kind}].${wanted.kind === "require" ? "cjs" : "js"}`;
    texts.set(path, `${texts.get(path) ?? ""}${printImport(wanted)}\n`);
  }
  const entry = [...texts.keys()].map((path) => `import ${JSON.stringify(`.${encodeURI(path)}`)};`).join("\n");
  return { files: { ...manifests, ...Object.fromEntries(texts), [ENTRY]: entry }, entry: ENTRY };
}

/** Of a URL that of the root; what a path says that is none is nobody's folder. */
function folderOf(from: string): string {
  const isPath = /^(?:\/(?!\.{0,2}(?:\/|$))[^/\\\0]*)+$/.test(from);
  return isPath ? from.slice(0, from.lastIndexOf("/") + 1) : "/";
}

function printImport({ specifier, kind, type }: WantedImport): string {
  const text = JSON.stringify(specifier);
  if (kind === "require") return `require(${text});`;
  const options = type === undefined || type === "source" ? undefined : `{ type: ${JSON.stringify(type)} }`;
  if (kind === "later") return `() => import(${text}${options === undefined ? "" : `, { with: ${options} }`});`;
  if (type === "source") return `import source from_${specifier.length} from ${text};`;
  return `import ${text}${options === undefined ? "" : ` with ${options}`};`;
}

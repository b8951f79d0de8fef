import {
  type Lock,
  type LockedImporter,
  type LockedRequest,
  type LockSource,
  type TextMap,
  toRecord,
} from "../lock.ts";
import { isTable, LockFields, present } from "../lock-fields.ts";
import { archiveSource, type ImportOptions, projectPath } from "./archive-source.ts";
import { invalidForeign, invalidIn, unknownVersion } from "./foreign-text.ts";
import { type GraphNode, lockOfGraph } from "./graph-lock.ts";
import { manifestFacts } from "./manifest-facts.ts";
import { parsePlainYaml } from "./parse-plain-yaml.ts";

const FILE = "pnpm-lock.yaml";
const NO_VERSION = "0.0.0";
const KINDS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

/**
 * Imports pnpm's lock of version 9 (pnpm 9 and 10). Names and versions of workspaces are not in it.
 * @throws LoaderError ERR_LOCKFILE_INVALID, with the line where the text is not what pnpm writes; ERR_LOCKFILE_VERSION
 */
export function importPnpmLock(text: string, options: ImportOptions): Lock {
  const root = parsePlainYaml(FILE, text);
  if (!isTable(root)) throw invalidForeign(FILE, "it is not a map");
  const fields = new LockFields(root, [], invalidIn(FILE));
  const version = fields.optionalText("lockfileVersion");
  if (version === undefined || !/^9\b/.test(version)) throw unknownVersion(FILE, version, "9");
  return new PnpmGraph(fields, options).lock();
}

class PnpmGraph {
  readonly #root: LockFields;
  readonly #options: ImportOptions;
  readonly #importers: LockFields;
  readonly #packages: LockFields;
  readonly #snapshots: LockFields;
  readonly #nodes = new Map<string, GraphNode>();

  constructor(root: LockFields, options: ImportOptions) {
    const part = (name: string) => new LockFields(root.table(name) ?? {}, [name], invalidIn(FILE));
    this.#root = root;
    this.#options = options;
    this.#importers = part("importers");
    this.#packages = part("packages");
    this.#snapshots = part("snapshots");
  }

  lock(): Lock {
    for (const key of Object.keys(this.#root.table("snapshots") ?? {})) this.#nodes.set(key, this.#node(key));
    const importers = Object.keys(this.#root.table("importers") ?? {}).map((path): [string, LockedImporter] => [
      path,
      this.#importer(path),
    ]);
    return lockOfGraph({ file: FILE, nodes: this.#nodes, importers: toRecord(importers), rest: this.#settings() });
  }

  #importer(path: string): LockedImporter {
    const fields = this.#fields(this.#importers, path);
    const requests = (kind: (typeof KINDS)[number]) => {
      const asked = fields.table(kind) ?? {};
      const found = Object.keys(asked).map((name): [string, LockedRequest] => {
        const request = this.#fields(new LockFields(asked, fields.at(kind), invalidIn(FILE)), name);
        const key = this.#key(name, request.text("version"), path === "." ? "" : path);
        return [name, { range: request.text("specifier"), id: key }];
      });
      return toRecord(found);
    };
    const [dependencies, devDependencies, optionalDependencies] = KINDS.map(requests);
    return {
      dependencies: dependencies ?? {},
      devDependencies: devDependencies ?? {},
      optionalDependencies: optionalDependencies ?? {},
      peerDependencies: {},
    };
  }

  /** The key of what `reference` means under `name`: a version, `alias@version`, `link:path`, a URL. */
  #key(name: string, reference: string, folder: string): string {
    if (reference.startsWith("link:")) return this.#linkedKey(name, joinPath(folder, reference.slice("link:".length)));
    const at = reference.indexOf("@");
    const end = reference.search(/[:(]/);
    const isWhole = at === 0 || (at > 0 && (end === -1 || at < end));
    const key = isWhole ? reference : `${name}@${reference}`;
    if (this.#snapshots.table(key) === undefined) throw invalidForeign(FILE, `"${key}" is asked for and not in it`);
    return key;
  }

  /** A folder that is linked: a workspace if it is an importer. */
  #linkedKey(name: string, path: string): string {
    const key = `link:${path}`;
    const source: LockSource = { kind: this.#importers.table(path) === undefined ? "path" : "workspace", path };
    const facts = { name, version: NO_VERSION, source };
    if (!this.#nodes.has(key))
      this.#nodes.set(key, { facts, dependencies: {}, optionalDependencies: {}, peerDependencies: {} });
    return key;
  }

  #node(key: string): GraphNode {
    const snapshot = this.#fields(this.#snapshots, key);
    const packageKey = key.replace(/\(.*$/s, "");
    const entry = this.#packages.table(packageKey);
    if (entry === undefined) throw invalidForeign(FILE, `"${packageKey}" is in its snapshots, and not in its packages`);
    const fields = new LockFields(entry, ["packages", packageKey], invalidIn(FILE));
    const peers = fields.textMap("peerDependencies") ?? {};
    const edges = (kind: "dependencies" | "optionalDependencies") =>
      Object.entries(snapshot.textMap(kind) ?? {}).map(([name, reference]): [string, string] => [
        name,
        this.#key(name, reference, ""),
      ]);
    const isPeer = ([name]: [string, string]) => Object.hasOwn(peers, name);
    const all = [...edges("dependencies"), ...edges("optionalDependencies")];
    return {
      facts: this.#facts(packageKey, fields),
      dependencies: toRecord(edges("dependencies").filter((edge) => !isPeer(edge))),
      optionalDependencies: toRecord(edges("optionalDependencies").filter((edge) => !isPeer(edge))),
      peerDependencies: toRecord(all.filter(isPeer)),
    };
  }

  #facts(packageKey: string, fields: LockFields): GraphNode["facts"] {
    const [, name, reference] = /^(@?[^@]+)@(.+)$/s.exec(packageKey) ?? [];
    if (name === undefined || reference === undefined) throw invalidForeign(FILE, `"${packageKey}" is no package`);
    const resolution = new LockFields(fields.table("resolution") ?? {}, fields.at("resolution"), invalidIn(FILE));
    const isVersion = /^\d+\.\d+\.\d+/.test(reference);
    const version = fields.optionalText("version") ?? (isVersion ? reference : NO_VERSION);
    return {
      name,
      version,
      ...this.#source({ name, version }, resolution),
      ...present({ integrity: resolution.optionalText("integrity") }),
      ...manifestFacts(name, withBooleans(this.#packages.table(packageKey) ?? {})),
    };
  }

  #source(
    identity: { name: string; version: string },
    resolution: LockFields,
  ): { source: LockSource; resolved?: string } {
    const directory = resolution.optionalText("directory");
    if (directory !== undefined) return { source: { kind: "path", path: projectPath(directory) } };
    const commit = resolution.optionalText("commit");
    if (commit !== undefined) return { source: { kind: "git", url: resolution.text("repo"), commit } };
    return archiveSource(identity, resolution.optionalText("tarball"), this.#options);
  }

  #settings(): Partial<Pick<Lock, "overrides" | "catalogs" | "patches">> {
    const patches = Object.entries(this.#root.table("patchedDependencies") ?? {}).map(
      ([target, patch]): [string, string] => {
        const path = isTable(patch) ? patch["path"] : patch;
        if (typeof path !== "string") throw invalidForeign(FILE, `the patch of "${target}" has no path`);
        return [target, path];
      },
    );
    const catalogs = Object.entries(this.#root.table("catalogs") ?? {}).map(([name, catalog]): [string, TextMap] => {
      const ranges = Object.keys(isTable(catalog) ? catalog : {}).map((wanted): [string, string] => {
        const request = this.#fields(
          new LockFields(isTable(catalog) ? catalog : {}, ["catalogs", name], invalidIn(FILE)),
          wanted,
        );
        return [wanted, request.text("specifier")];
      });
      return [name, toRecord(ranges)];
    });
    return present({
      overrides: this.#root.textMap("overrides"),
      patches: toRecord(patches),
      catalogs: toRecord(catalogs),
    });
  }

  #fields(of: LockFields, key: string): LockFields {
    return new LockFields(of.table(key) ?? {}, of.at(key), invalidIn(FILE));
  }
}

/** `peerDependenciesMeta` with true where it has the text. */
function withBooleans(entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { peerDependenciesMeta: meta } = entry;
  if (!isTable(meta)) return { ...entry };
  const peers = Object.entries(meta).map(([name, peer]): [string, unknown] => [
    name,
    { optional: isTable(peer) && peer["optional"] === "true" },
  ]);
  return { ...entry, peerDependenciesMeta: toRecord(peers) };
}

/** `packages/app` and `../ui` → `packages/ui`. */
function joinPath(folder: string, path: string): string {
  const steps = folder === "" ? [] : folder.split("/");
  for (const step of path.split("/")) {
    if (step === ".." && steps.length > 0 && steps.at(-1) !== "..") steps.pop();
    else if (step !== "." && step !== "") steps.push(step);
  }
  return steps.join("/") || ".";
}

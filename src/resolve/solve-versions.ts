import { LoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { Packument, VersionManifest } from "../fetch/registry.ts";
import { inOrder } from "./in-order.ts";
import type { Limits } from "../limits.ts";
import { isPackageName, isRangeOrTag } from "../specifier/package-specifier.ts";
import { compareText } from "../lock/lock.ts";
import { type LockedBuiltin, type LockedPackage, type Lockfile, packageKey } from "./lockfile.ts";
import { highestMeeting, meetsAll, noVersionError, pickVersion } from "./pick-version.ts";

/** One package that the project imports. */
export interface PackageRequest {
  readonly name: string;
  readonly range: string;
  /** The import that asks for it, `/main.ts:1:20`. */
  readonly referrer: string;
}

/** An optional peer that a package imports for certain. */
export interface PeerRequest extends PackageRequest {
  /** `name@version` of the package, which is locked. */
  readonly owner: string;
}

/** A package that is to stand in for a module of Node. */
export interface PolyfillRequest extends PackageRequest {
  /** The module, without `node:`. */
  readonly builtin: string;
  /** What of the package, `.` or `./path`. */
  readonly subpath: string;
}

/** What is wanted beside what the project asks for. */
export interface FurtherRequests {
  /** Optional peers that are wanted after all. */
  readonly peers?: readonly PeerRequest[];
  readonly polyfills?: readonly PolyfillRequest[];
}

/** What solving needs from outside. */
export interface SolveContext {
  /** The packument of a package; ERR_PACKAGE_NOT_FOUND where there is none. */
  packument(name: string, referrer: string): Promise<Packument>;
  readonly limits: Limits;
  readonly emit: Emit;
}

/** The key of a request in the lockfile. */
export function requestKey(request: Pick<PackageRequest, "name" | "range">): string {
  return `${request.name}@${request.range}`;
}

/** A dependency edge still to be decided. */
interface Edge {
  readonly owner: MutablePackage;
  /** Name it is imported by. */
  readonly alias: string;
  readonly name: string;
  readonly range: string;
  readonly optional: boolean;
  /** A peer is shared with whoever else has it, never chosen a second time beside the project's own. */
  readonly peer: boolean;
}

interface MutablePackage extends LockedPackage {
  readonly dependencies: Record<string, string>;
}

/**
 * Chooses a version for every request and for everything those need, and gives the whole graph as a lockfile. What
 * `locked` already decides stays decided. One version serves every range that it meets; several versions live side by
 * side where ranges cannot meet (R78, R79). The result does not depend on the order in which answers arrive: packuments
 * are fetched a level at a time, choices are made in sorted order.
 * @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_VERSION_NOT_FOUND, ERR_VERSION_CONFLICT, ERR_GRAPH_LIMIT and fetch errors
 */
export async function solveVersions(
  requests: readonly PackageRequest[],
  locked: Lockfile,
  context: SolveContext,
  further: FurtherRequests = {},
): Promise<Pick<Lockfile, "imports" | "packages" | "builtins">> {
  return new Solver(locked, context).solve(requests, further);
}

class Solver {
  readonly #locked: Lockfile;
  readonly #context: SolveContext;
  readonly #imports: Record<string, string> = {};
  readonly #builtins: Record<string, LockedBuiltin> = {};
  readonly #packages = new Map<string, MutablePackage>();
  readonly #packuments = new Map<string, Packument>();
  /** Names that the project itself asks for → version. */
  readonly #roots = new Map<string, PackageRequest>();
  #edges: Edge[] = [];
  #peers: Edge[] = [];

  constructor(locked: Lockfile, context: SolveContext) {
    this.#locked = locked;
    this.#context = context;
  }

  async solve(
    requests: readonly PackageRequest[],
    { peers = [], polyfills = [] }: FurtherRequests,
  ): Promise<Pick<Lockfile, "imports" | "packages" | "builtins">> {
    const open: PackageRequest[] = [];
    for (const request of requests) {
      this.#roots.set(request.name, request);
      const version = this.#locked.imports[requestKey(request)];
      if (version === undefined) open.push(request);
      else {
        this.#imports[requestKey(request)] = version;
        this.#keepLocked(packageKey(request.name, version));
      }
    }
    for (const [builtin, locked] of Object.entries(this.#locked.builtins)) {
      this.#builtins[builtin] = locked;
      this.#keepLocked(locked.package);
    }
    await this.#chooseRoots(open);
    await this.#choosePolyfills(polyfills);
    for (const peer of peers) this.#wantPeer(peer);
    while (this.#edges.length > 0 || this.#peers.length > 0) {
      // Peers last: by then what they may share has been chosen.
      const level = this.#edges.length > 0 ? this.#edges : this.#peers;
      if (level === this.#edges) this.#edges = [];
      else this.#peers = [];
      await this.#chooseLevel(level);
    }
    return { imports: this.#imports, packages: Object.fromEntries(this.#packages), builtins: this.#builtins };
  }

  /** Takes over a locked package and everything below it. */
  #keepLocked(key: string): void {
    const locked = this.#locked.packages[key];
    if (locked === undefined || this.#packages.has(key)) return;
    this.#packages.set(key, { ...locked, dependencies: { ...locked.dependencies } });
    for (const target of Object.values(locked.dependencies)) this.#keepLocked(target);
  }

  #wantPeer({ owner: key, name, range }: PeerRequest): void {
    const owner = this.#packages.get(key);
    if (owner === undefined || Object.hasOwn(owner.dependencies, name)) return;
    const edge = this.#parseEdge(owner, name, range, { optional: false, peer: true });
    if (edge !== undefined) this.#peers.push(edge);
  }

  async #chooseRoots(open: readonly PackageRequest[]): Promise<void> {
    const byName = Map.groupBy(open.toSorted(byNameAndRange), (request) => request.name);
    await this.#fetchPackuments([...byName].map(([name, asked]) => ({ name, referrer: asked[0]?.referrer ?? "" })));
    const decided = new Map<string, string>();
    const names = [...byName.keys()];
    const ranged = names.filter((name) => byName.get(name)?.some((request) => request.range !== "*"));
    for (const name of ranged) this.#chooseRoot(name, byName.get(name) ?? [], [], decided);
    // A bare name takes what fits the peers of the others: `react-dom@18` with a bare `react` means react 18.
    const bare = names.filter((name) => !ranged.includes(name));
    const latest = new Map(bare.map((name) => [name, pickVersion(this.#packumentOf(name), ["*"])]));
    for (const name of bare) {
      const peers = [...new Map([...latest, ...decided])].flatMap(([other, version]) =>
        other === name || version === undefined ? [] : this.#peerRange(other, version, name),
      );
      this.#chooseRoot(name, byName.get(name) ?? [], peers, decided);
    }
    for (const [name, version] of decided) this.#add(name, version);
  }

  /** Others that need such a package may share it; unlike what the project asks for it is no root that peers must meet. */
  async #choosePolyfills(polyfills: readonly PolyfillRequest[]): Promise<void> {
    const open = polyfills.filter(({ builtin }) => !Object.hasOwn(this.#builtins, builtin));
    await this.#fetchPackuments(open);
    for (const { builtin, name, range, subpath, referrer } of open.toSorted(byNameAndRange)) {
      const packument = this.#packumentOf(name);
      const version = highestMeeting(this.#versionsOf(name), range) ?? pickVersion(packument, [range]);
      if (version === undefined) throw noVersionError(packument, range, referrer);
      this.#add(name, version);
      this.#builtins[builtin] = { package: packageKey(name, version), subpath };
    }
  }

  #peerRange(owner: string, version: string, name: string): string[] {
    const range = this.#packumentOf(owner).versions[version]?.peerDependencies?.[name];
    return range === undefined ? [] : [range];
  }

  /** One version for all requests of a name where one meets them all, else one for each. */
  #chooseRoot(name: string, asked: readonly PackageRequest[], peers: string[], decided: Map<string, string>): void {
    const packument = this.#packumentOf(name);
    const ranges = asked.map((request) => request.range);
    const kept = [...this.#versionsOf(name)].find((version) => ranges.every((range) => meetsAll(version, [range])));
    const shared = kept ?? pickVersion(packument, [...ranges, ...peers]) ?? pickVersion(packument, ranges);
    for (const request of asked) {
      const version = shared ?? pickVersion(packument, [request.range]);
      if (version === undefined) throw noVersionError(packument, request.range, request.referrer);
      this.#imports[requestKey(request)] = version;
      if (shared === undefined) this.#add(name, version);
      else decided.set(name, version);
    }
  }

  async #chooseLevel(level: readonly Edge[]): Promise<void> {
    const open = level.filter((edge) => this.#reusable(edge) === undefined && !(edge.peer && edge.optional));
    await this.#fetchPackuments(
      open.map((edge) => ({
        name: edge.name,
        referrer: packageKey(edge.owner.name, edge.owner.version),
        optional: edge.optional,
      })),
    );
    const sorted = level.toSorted(
      (a, b) =>
        compareText(a.name, b.name) ||
        compareText(b.range, a.range) ||
        compareText(a.owner.name, b.owner.name) ||
        compareText(a.owner.version, b.owner.version),
    );
    for (const edge of sorted) {
      const version = this.#reusable(edge) ?? this.#chooseNew(edge);
      if (version !== undefined) edge.owner.dependencies[edge.alias] = packageKey(edge.name, version);
    }
  }

  #reusable(edge: Edge): string | undefined {
    return highestMeeting(this.#versionsOf(edge.name), edge.range);
  }

  #chooseNew(edge: Edge): string | undefined {
    const owner = packageKey(edge.owner.name, edge.owner.version);
    if (edge.peer && edge.optional) return undefined;
    const root = this.#roots.get(edge.name);
    if (edge.peer && root !== undefined) throw conflictError(edge, root, this.#versionsOf(edge.name));
    const packument = this.#packuments.get(edge.name);
    if (packument === undefined) return undefined;
    const version = pickVersion(packument, [edge.range]);
    if (version === undefined) {
      if (edge.optional) return this.#skip(edge, "no version matches");
      throw noVersionError(packument, edge.range, owner);
    }
    const manifest = packument.versions[version];
    if (edge.optional && (manifest?.os !== undefined || manifest?.cpu !== undefined)) return undefined;
    this.#add(edge.name, version);
    return version;
  }

  #skip(edge: Edge, reason: string): undefined {
    const owner = packageKey(edge.owner.name, edge.owner.version);
    const message = `Optional dependency "${edge.name}@${edge.range}" of ${owner} left out: ${reason}`;
    this.#context.emit({ stage: "resolve", kind: "warning", subject: owner, message });
  }

  /** Puts a version into the graph and its dependencies onto the list. */
  #add(name: string, version: string): void {
    const key = packageKey(name, version);
    if (this.#packages.has(key)) return;
    const lockedHere = this.#locked.packages[key];
    if (lockedHere !== undefined) return this.#keepLocked(key);
    const manifest = this.#packumentOf(name).versions[version];
    if (manifest === undefined)
      throw new LoaderError("ERR_PACKUMENT_INVALID", `"${key}" is not in its packument`, { package: key });
    if (this.#packages.size >= this.#context.limits.packages) {
      const limit = this.#context.limits.packages;
      throw new LoaderError("ERR_GRAPH_LIMIT", `The program needs more than ${limit} packages`, {
        limit,
        package: key,
      });
    }
    const owner = createPackage(manifest);
    this.#packages.set(key, owner);
    this.#pushEdges(owner, manifest);
  }

  #pushEdges(owner: MutablePackage, manifest: VersionManifest): void {
    const optional = manifest.optionalDependencies ?? {};
    for (const [alias, text] of Object.entries({ ...manifest.dependencies, ...optional })) {
      const edge = this.#parseEdge(owner, alias, text, { optional: Object.hasOwn(optional, alias), peer: false });
      if (edge !== undefined) this.#edges.push(edge);
    }
    for (const [alias, text] of Object.entries(manifest.peerDependencies ?? {})) {
      if (Object.hasOwn(manifest.dependencies ?? {}, alias)) continue;
      const edge = this.#parseEdge(owner, alias, text, {
        optional: manifest.peerDependenciesMeta?.[alias]?.optional === true,
        peer: true,
      });
      if (edge !== undefined) this.#peers.push(edge);
    }
  }

  #parseEdge(
    owner: MutablePackage,
    alias: string,
    text: string,
    kind: Pick<Edge, "optional" | "peer">,
  ): Edge | undefined {
    const aliased = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@(.*))?$/.exec(text);
    const name = aliased?.[1] ?? alias;
    const range = (aliased === null ? text : (aliased[2] ?? "*")).trim() || "*";
    if (isPackageName(name) && isRangeOrTag(range)) return { owner, alias, name, range, ...kind };
    // Forges, tarballs and folders: the import of such a dependency fails by name, a graph that never reaches it runs.
    const key = packageKey(owner.name, owner.version);
    const message = `Dependency "${alias}" of ${key} comes from "${text}", which is not a registry; importing it will fail`;
    this.#context.emit({ stage: "resolve", kind: "warning", subject: key, message });
    return undefined;
  }

  async #fetchPackuments(wanted: readonly { name: string; referrer: string; optional?: boolean }[]): Promise<void> {
    const missing = new Map(wanted.filter(({ name }) => !this.#packuments.has(name)).map((want) => [want.name, want]));
    await inOrder(
      [...missing.values()].map(async ({ name, referrer, optional }) => {
        try {
          this.#packuments.set(name, await this.#context.packument(name, referrer));
        } catch (error) {
          const absent = error instanceof LoaderError && error.code === "ERR_PACKAGE_NOT_FOUND";
          if (!(absent && optional === true)) throw error;
        }
      }),
    );
  }

  #packumentOf(name: string): Packument {
    return this.#packuments.get(name) ?? { name, "dist-tags": {}, versions: {} };
  }

  #versionsOf(name: string): string[] {
    return [...this.#packages.values()].filter((entry) => entry.name === name).map((entry) => entry.version);
  }
}

function createPackage(manifest: VersionManifest): MutablePackage {
  const { name, version, dist } = manifest;
  const key = packageKey(name, version);
  const { integrity, tarball } = dist;
  if (integrity === undefined) {
    throw new LoaderError("ERR_INTEGRITY_REQUIRED", `The registry gives no integrity for "${key}"`, {
      package: key,
      hint: "nothing unverified runs; choose a version that was published with one",
    });
  }
  return { name, version, integrity, dependencies: {}, ...(tarball === undefined ? {} : { resolved: tarball }) };
}

function conflictError(edge: Edge, root: PackageRequest, present: readonly string[]): LoaderError {
  const owner = packageKey(edge.owner.name, edge.owner.version);
  return new LoaderError(
    "ERR_VERSION_CONFLICT",
    `${owner} needs "${edge.name}" in ${edge.range}, the project has ${present.join(", ")}`,
    {
      specifier: `${edge.name}@${edge.range}`,
      package: edge.name,
      referrer: root.referrer,
      hint: `both must share one "${edge.name}": import ${edge.name}@${edge.range.split("||").at(-1)?.trim() ?? edge.range}, or another version of ${edge.owner.name}`,
    },
  );
}

function byNameAndRange(a: PackageRequest, b: PackageRequest): number {
  return compareText(a.name, b.name) || compareText(a.range, b.range);
}

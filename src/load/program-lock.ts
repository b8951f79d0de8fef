import satisfies from "semver/functions/satisfies.js";
import { isLoaderError } from "../errors.ts";
import { EMPTY_LOCK, IMPORTER_KINDS, type Lock, type LockedUrl, lookup, toRecord } from "../lock/lock.ts";
import { findUnmet, printUnmet, withoutUnmet } from "../project/unmet-requests.ts";
import { printLock, printLockJson } from "../lock/print-lock.ts";
import { pruneLock } from "../lock/prune-lock.ts";
import { readLock } from "../lock/read-lock.ts";
import {
  type FurtherRequests,
  type PackageRequest,
  type PeerRequest,
  packageNameOf,
  requestKey,
} from "../resolve/package-request.ts";
import { requestedPackage } from "../resolve/locked-dependency.ts";
import type { SolveOptions } from "../solve/solve-project.ts";
import { adoptLock } from "./graph/adopt-lock.ts";
import { assertUnchanged, peerMismatchError, unmetError, unsolvedError } from "./lock-errors.ts";
import {
  declaredBy,
  hasSameRules,
  leftDeclared,
  openDeclared,
  type ProgramManifests,
  readProgramManifests,
} from "./program-manifests.ts";
import { type SolvePackagesContext, solvePackages } from "./solve-packages.ts";
import type { WantedPackages } from "./solve-roots.ts";

/** What a program's lock is made of. */
export interface ProgramLockInput {
  /** Absolute path → text; among them may be manifests. */
  readonly files: ReadonlyMap<string, string>;
  /** TOML or JSON; it is printed in the same form. */
  readonly lockfile?: string | undefined;
  readonly overrides?: Readonly<Record<string, string>> | undefined;
}

/** What deciding needs from outside. */
export interface ProgramLockContext extends SolvePackagesContext {
  /**
   * A lock that somebody has decided already.
   * @param isFinal whether what packages turn out to need has to be in it
   */
  offered?(isFinal: boolean): Promise<Lock | undefined>;
}

/** How versions are decided. */
export interface ProgramLockOptions extends SolveOptions {
  /** Refuse anything that would change the lock. */
  readonly frozen: boolean;
  /** Only what is stored is known of packages. */
  readonly storedOnly: boolean;
}

type Wanted = Pick<WantedPackages, "requests" | "used" | "peers" | "polyfills">;

/** Which versions a program has. What is locked stays; only what is new is solved (R13, R71). */
export class ProgramLock {
  readonly #context: ProgramLockContext;
  readonly #options: ProgramLockOptions;
  readonly #manifests: ProgramManifests;
  readonly #isJson: boolean;
  /** All that was given or has been decided, what the program does not ask for among it: it may yet. */
  #known: Lock;
  readonly #given: Lock;
  #lock: Lock;
  #requests: readonly PackageRequest[] = [];

  /** @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION, ERR_INVALID_PACKAGE_CONFIG */
  constructor(input: ProgramLockInput, context: ProgramLockContext, options: ProgramLockOptions) {
    const { files, lockfile, overrides } = input;
    this.#context = context;
    this.#options = options;
    this.#given = lockfile === undefined ? EMPTY_LOCK : readLock(lockfile);
    this.#known = this.#withoutUnmet(this.#given);
    this.#lock = this.#known;
    this.#isJson = lockfile?.trimStart().startsWith("{") === true;
    this.#manifests = readProgramManifests(files, this.#known, overrides);
  }

  /** What a lock has that is not in the range that it has it for is chosen anew. */
  #withoutUnmet(lock: Lock): Lock {
    const unmet = findUnmet(lock);
    if (this.#options.frozen && unmet[0] !== undefined) throw unmetError(unmet);
    for (const request of unmet) {
      const message = `${printUnmet(request)}: the lockfile has been edited, and it is chosen anew`;
      this.#context.emit({ stage: "resolve", kind: "warning", subject: request.name, message });
    }
    return withoutUnmet(lock, unmet);
  }

  /** Whether nothing has been decided that the given lock did not say. */
  get isAsGiven(): boolean {
    return this.#known === this.#given;
  }

  /** All that was given or has been decided; undefined where nothing has. */
  get known(): Lock | undefined {
    return this.#known === EMPTY_LOCK ? undefined : this.#known;
  }

  get lock(): Lock {
    return this.#lock;
  }

  /**
   * The text of the lock.
   * @param checksumOf SHA-256 of a package's archive, 64 hex digits, where it is known
   * @param lock default: as it is by now
   */
  print(checksumOf: (id: string) => string | undefined, lock = this.#lock): string {
    const packages = Object.entries(lock.packages).map(([id, locked]) => {
      const digest = checksumOf(id);
      return [id, digest === undefined ? locked : { ...locked, checksum: `sha256:${digest}` }] as const;
    });
    return (this.#isJson ? printLockJson : printLock)({ ...lock, packages: toRecord(packages) });
  }

  /**
   * Decides about all that the project asks for: the lock has that and no more.
   * @throws LoaderError what `solveProject` throws; ERR_LOCKFILE_STALE, ERR_NOT_CACHED
   */
  async decide(requests: readonly PackageRequest[], further: FurtherRequests = {}): Promise<void> {
    const { manifests } = this.#manifests;
    const own = requests.filter((request) => declaredBy(request, manifests) === undefined);
    const keepLocked = !this.#manifests.areBinding || hasSameRules(this.#manifests.rules, this.#known);
    const open = this.#open(requests, own, further);
    const left = this.#manifests.areBinding ? leftDeclared(manifests, this.#known) : [];
    if (this.#options.frozen) assertUnchanged({ open, left, keepLocked });
    const taken = (further.peers ?? []).filter((peer) => this.#takePeer(peer));
    if (open.length > taken.length || left.length > 0 || !keepLocked) {
      const peers = (further.peers ?? []).filter((peer) => !taken.includes(peer));
      const used = new Set(requests.map(({ name }) => name));
      const wanted = { requests: own, used, ...further, peers };
      this.#known = (await this.#adopt(wanted, keepLocked)) ?? (await this.#solve(wanted, open, keepLocked));
    }
    this.#tellLocked(requests.slice(this.#requests.length));
    this.#requests = requests;
    const imports = own.map(
      (request) => [requestKey(request), this.#known.imports[requestKey(request)] ?? ""] as const,
    );
    this.#lock = pruneLock({ ...this.#known, imports: toRecord(imports), urls: this.#lock.urls });
  }

  /** What the given lock has an answer to is decided by that. */
  #tellLocked(requests: readonly PackageRequest[]): void {
    const { onDecision } = this.#options;
    if (onDecision === undefined) return;
    for (const { name, range, referrer } of requests) {
      const id = requestedPackage(this.#given, referrer, { name, range });
      if (id === undefined) continue;
      onDecision({ from: referrer, request: requestKey({ name, range }), id, because: "it is what the lockfile has" });
    }
  }

  /** Decides about what is asked for besides: what there is stays. */
  decideFurther(added: readonly PackageRequest[], further?: FurtherRequests): Promise<void> {
    return this.decide([...this.#requests, ...added], further);
  }

  setUrls(urls: Readonly<Record<string, LockedUrl>>): void {
    this.#lock = { ...this.#lock, urls };
  }

  /** Leaves stand-ins out of the lock for the modules of Node that are not in `used`. */
  keepBuiltins(used: ReadonlySet<string>): void {
    const builtins = Object.entries(this.#lock.builtins).filter(([name]) => used.has(name));
    this.#lock = pruneLock({ ...this.#lock, builtins: toRecord(builtins) });
  }

  #open(
    requests: readonly PackageRequest[],
    own: readonly PackageRequest[],
    { peers = [], polyfills = [] }: FurtherRequests,
  ): PackageRequest[] {
    const { manifests, areBinding } = this.#manifests;
    const used = new Set(requests.map(({ name }) => name));
    return [
      ...(areBinding ? openDeclared(manifests, this.#known, used) : []),
      ...own.filter((request) => lookup(this.#known.imports, requestKey(request)) === undefined),
      ...peers,
      ...polyfills,
    ];
  }

  /** A peer that the project itself asks for is the project's. */
  #takePeer(peer: PeerRequest): boolean {
    const ids = this.#projectIds(peer.name);
    const versionOf = (id: string): string => this.#known.packages[id]?.version ?? "";
    const fitting = ids.find((id) => satisfies(versionOf(id), peer.range, { loose: true }));
    const [other] = ids;
    if (fitting === undefined && other === undefined) return false;
    if (fitting === undefined) throw peerMismatchError(peer, versionOf(other ?? ""));
    const owner = lookup(this.#known.packages, peer.owner);
    if (owner === undefined) return true;
    const peerDependencies = toRecord([...Object.entries(owner.peerDependencies), [peer.name, fitting]]);
    const packages = toRecord([...Object.entries(this.#known.packages), [peer.owner, { ...owner, peerDependencies }]]);
    this.#known = { ...this.#known, packages };
    return true;
  }

  #projectIds(name: string): string[] {
    const root = lookup(this.#known.importers, ".");
    const declared = root === undefined ? [] : IMPORTER_KINDS.flatMap((kind) => lookup(root[kind], name)?.id ?? []);
    const imported = Object.entries(this.#lock.imports).flatMap(([key, id]) => (packageNameOf(key) === name ? id : []));
    return [...new Set([...declared, ...imported])];
  }

  /** What somebody else has decided, if it is an answer to all that is open. */
  async #adopt(wanted: Wanted, keepLocked: boolean): Promise<Lock | undefined> {
    const { requests: own, used, peers = [], polyfills = [] } = wanted;
    const offered = await this.#context.offered?.(peers.length + polyfills.length > 0);
    if (offered === undefined) return undefined;
    const question = { own, used, peers, polyfills, manifests: this.#manifests, keepLocked };
    return adoptLock(this.#known, offered, question);
  }

  async #solve(wanted: Wanted, open: readonly PackageRequest[], keepLocked: boolean): Promise<Lock> {
    const { frozen: _frozen, storedOnly, ...options } = this.#options;
    const { conflicts } = this.#manifests;
    try {
      const settings = { ...(conflicts !== undefined && { conflicts }), ...options, keepLocked };
      const solved = await solvePackages({ ...this.#manifests, ...wanted }, this.#known, this.#context, settings);
      const imports = keepLocked ? { ...this.#known.imports, ...solved.imports } : solved.imports;
      return { ...solved, imports };
    } catch (error) {
      const isUnknown = storedOnly && isLoaderError(error) && error.code === "ERR_NOT_CACHED";
      throw isUnknown ? unsolvedError(open, error) : error;
    }
  }
}

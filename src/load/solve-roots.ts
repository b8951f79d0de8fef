import { IMPORTER_KINDS, type Lock, type LockedPackage, lookup } from "../lock/lock.ts";
import type { FurtherRequests, PackageRequest, PeerRequest, PolyfillRequest } from "../resolve/package-request.ts";
import { requestKey } from "../resolve/package-request.ts";
import type { ProjectManifest, ProjectManifests } from "../solve/project-manifest.ts";

/** What a program asks for. */
export interface WantedPackages extends FurtherRequests {
  /** By the manifests of the project; the root's is always there. */
  readonly manifests: ProjectManifests;
  /** What those say about whatever is asked for. */
  readonly rules: Pick<Lock, "overrides" | "catalogs">;
  /** Whether the lock is to say what the manifests ask for. */
  readonly hasImporters: boolean;
  /** By its source texts. */
  readonly requests: readonly PackageRequest[];
  /** Names that source texts ask for and manifests have an answer to. */
  readonly used: ReadonlySet<string>;
}

/** A project that asks for the same, as the solver is given it. */
export interface SolveRoots {
  readonly manifests: ProjectManifests;
  /** What each request is called in the root's dependencies: by its key, or by itself. */
  readonly aliases: ReadonlyMap<string | PeerRequest | PolyfillRequest, string>;
}

/**
 * Makes dependencies of the root of all that source texts and packages ask for. What `locked` has an answer to is asked for
 * as it is locked. A name without a range means `latest` (R10), unless the program has or asks for a version of it already.
 * @param loose names for which any version will do all the same
 */
export function solveRoots(wanted: WantedPackages, locked: Lock, loose: ReadonlySet<string>): SolveRoots {
  const manifests = new Map(
    [...wanted.manifests].map(([folder, manifest]) => [folder, pinManifest(folder, manifest, wanted, locked)]),
  );
  const root = manifests.get("") ?? {};
  const names = new RootNames(root);
  const aliases = new Map<string | PeerRequest | PolyfillRequest, string>();
  const all = byPrecedence(wanted.requests);
  const lockedNames = new Set(Object.values(locked.packages).map(({ name }) => name));
  const isFree = (name: string): boolean =>
    !loose.has(name) && !lockedNames.has(name) && all.filter((request) => request.name === name).length === 1;
  for (const request of all) {
    const id = lookup(locked.imports, requestKey(request));
    const pinned = id === undefined ? undefined : pinnedRange(lookup(locked.packages, id));
    const asked = request.range === "*" && isFree(request.name) ? LATEST : request.range;
    const range = overrideOf(root, request.name) ?? pinned ?? asked;
    aliases.set(requestKey(request), names.add(request.name, range));
  }
  // What packages ask for is nothing that the peers of others must agree with.
  for (const request of [...(wanted.peers ?? []), ...(wanted.polyfills ?? [])])
    aliases.set(request, names.addBeside(request.name, request.range));
  manifests.set("", { ...root, dependencies: names.dependencies });
  return { manifests, aliases };
}

/** The tag that a registry gives every package. */
const LATEST = "latest";

/** The dependencies of the root: each of a name of its own. */
class RootNames {
  readonly dependencies: Record<string, string>;
  readonly #taken: Set<string>;

  constructor(root: ProjectManifest) {
    this.dependencies = { ...root.dependencies };
    this.#taken = new Set(IMPORTER_KINDS.flatMap((kind) => Object.keys(root[kind] ?? {})));
  }

  /** Under the package's own name, by which peers find it, unless something else has that. */
  add(name: string, range: string): string {
    if (this.#taken.has(name)) return this.addBeside(name, range);
    this.#taken.add(name);
    this.dependencies[name] = range;
    return name;
  }

  addBeside(name: string, range: string): string {
    let number = 1;
    while (this.#taken.has(`${name}~${number}`)) number++;
    const alias = `${name}~${number}`;
    this.#taken.add(alias);
    this.dependencies[alias] = `npm:${name}@${range}`;
    return alias;
  }
}

/** Each request once. Of one name that without a range comes first, whose version can suit the peers of others, then the last. */
function byPrecedence(requests: readonly PackageRequest[]): PackageRequest[] {
  const all = [...new Map(requests.map((request) => [requestKey(request), request])).values()];
  const rank = ({ range }: PackageRequest): number => (range === "*" ? 0 : 1);
  return all.toSorted(
    (a, b) =>
      Number(a.name > b.name) - Number(a.name < b.name) ||
      rank(a) - rank(b) ||
      Number(a.range < b.range) - Number(a.range > b.range),
  );
}

/** Of development's dependencies those that a source text asks for, or that are locked. */
function pinManifest(
  folder: string,
  manifest: ProjectManifest,
  { used, manifests }: WantedPackages,
  locked: Lock,
): ProjectManifest {
  const importer = lookup(locked.importers, folder === "" ? "." : folder);
  const rules = manifests.get("") ?? {};
  const isUsed = (name: string): boolean => used.has(name) || Object.hasOwn(importer?.devDependencies ?? {}, name);
  const pinned: Partial<Record<(typeof IMPORTER_KINDS)[number], Record<string, string>>> = {};
  for (const kind of IMPORTER_KINDS) {
    const asked = Object.entries(manifest[kind] ?? {}).filter(([name]) => kind !== "devDependencies" || isUsed(name));
    if (asked.length === 0 && manifest[kind] === undefined) continue;
    pinned[kind] = Object.fromEntries(
      asked.map(([name, text]) => {
        const request = lookup(importer?.[kind] ?? {}, name);
        const isLocked = request?.range === text && overrideOf(rules, name) === undefined;
        const target = isLocked && request.id !== undefined ? lookup(locked.packages, request.id) : undefined;
        return [name, pinnedText(name, target) ?? text];
      }),
    );
  }
  return { ...manifest, ...pinned };
}

function pinnedText(alias: string, target: LockedPackage | undefined): string | undefined {
  const version = pinnedRange(target);
  return version === undefined || alias === target?.name ? version : `npm:${target?.name}@${version}`;
}

/** What is not of a registry is found again by its own text. */
function pinnedRange(target: LockedPackage | undefined): string | undefined {
  return target?.source.kind === "registry" ? target.version : undefined;
}

/** What the project's rules say of a package wherever it is asked for, if they do. */
function overrideOf({ overrides = {}, resolutions = {} }: ProjectManifest, name: string): string | undefined {
  const rule = lookup(overrides, name);
  const text = lookup(resolutions, name) ?? (typeof rule === "object" ? lookup(rule, ".") : rule);
  return typeof text === "string" && text !== "" && !text.startsWith("$") ? text : undefined;
}

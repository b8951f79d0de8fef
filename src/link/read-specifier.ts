import { mapSpecifier } from "../resolve/import-map.ts";
import { priorityOf } from "../resolve/resolvers/plug-ins.ts";
import { matchingPrefix, type Resolver } from "../resolve/resolvers/resolver.ts";
import { lookup } from "../lock/lock.ts";
import { parseSpecifier, type Specifier } from "../specifier/parse-specifier.ts";
import { readInProject } from "./project-packages.ts";
import type { LinkContext, ResolveRequest } from "./resolve-request.ts";

/** What a request says. */
export interface ReadSpecifier {
  readonly specifier: Specifier;
  /** Set where it is not what stands in the text, but what means the same everywhere in the project: the last that said so. */
  readonly mappedBy?: "import map" | "project" | Resolver;
  /** What a URL is locked under that a resolver has given; otherwise it is the URL itself. */
  readonly lockedAs?: string;
}

/** What the project's files are below for an import map: `/x.ts` of a map is the project's. */
export const IMPORT_MAP_BASE = "file:///";

const IMPORT_MAP_PRIORITY = 400;
const PROJECT_PRIORITY = 300;

/**
 * The one way from the text of a request to what it says, as far as that needs no package: plug-in resolvers, the program's
 * import map and the project's own packages are asked by their priority, and what one answers goes on to those after it.
 * What none has an answer to means what its text says. Packages know what they mean: of theirs only the import map is asked.
 * @throws LoaderError ERR_IMPORT_MAP_BLOCKED, ERR_RESOLVER_FAILED and what resolvers, `parseSpecifier`,
 * `resolvePackageImport` and `resolveInTree` throw
 */
export async function readSpecifier(request: ResolveRequest, context: LinkContext): Promise<ReadSpecifier> {
  const reading = new SpecifierReading(request, context);
  const plugIns = request.referrer.owner.kind === "package" ? [] : context.plugIns.inOrder(request.specifier);
  const between = (most: number, least: number): Resolver[] =>
    plugIns.filter((resolver) => priorityOf(resolver) <= most && priorityOf(resolver) > least);
  const found =
    (await reading.ask(between(Number.POSITIVE_INFINITY, IMPORT_MAP_PRIORITY))) ??
    reading.askImportMap() ??
    (await reading.ask(between(IMPORT_MAP_PRIORITY, PROJECT_PRIORITY))) ??
    reading.askProject() ??
    (await reading.ask(between(PROJECT_PRIORITY, Number.NEGATIVE_INFINITY)));
  return found ?? reading.asWritten();
}

class SpecifierReading {
  readonly #request: ResolveRequest;
  readonly #context: LinkContext;
  #text: string;
  #mappedBy: ReadSpecifier["mappedBy"];

  constructor(request: ResolveRequest, context: LinkContext) {
    this.#request = request;
    this.#context = context;
    this.#text = request.specifier;
  }

  /** What is locked under the text is not asked about again; a URL is an answer, other texts go on. */
  async ask(resolvers: readonly Resolver[]): Promise<ReadSpecifier | undefined> {
    const { plugIns, sources } = this.#context;
    for (const resolver of resolvers) {
      const asked = this.#text;
      if (matchingPrefix(resolver, asked) === undefined) continue;
      const locked = lookup(sources.lockfile().urls, asked);
      const isOther = locked !== undefined && locked.resolved !== asked;
      const answer = isOther ? locked.resolved : await plugIns.ask(resolver, asked, this.#request.details);
      if (answer === undefined) continue;
      this.#text = answer;
      this.#mappedBy = resolver;
      if (/^https?:/.test(answer)) return { ...this.asWritten(), lockedAs: asked };
    }
    return undefined;
  }

  askImportMap(): undefined {
    const { importMap } = this.#context;
    if (importMap === undefined) return;
    const { referrer, details } = this.#request;
    const from = referrer.owner.kind === "project" ? new URL(referrer.path, IMPORT_MAP_BASE).href : referrer.url;
    const address = mapSpecifier(importMap, this.#text, from, details);
    if (address === undefined) return;
    this.#text = address.startsWith(IMPORT_MAP_BASE) ? address.slice(IMPORT_MAP_BASE.length - 1) : address;
    this.#mappedBy = "import map";
  }

  askProject(): ReadSpecifier | undefined {
    const { referrer, details } = this.#request;
    const isMapped = this.#mappedBy !== undefined;
    if (referrer.owner.kind !== "project" && !isMapped) return undefined;
    const from = isMapped ? "/" : referrer.path;
    const own = readInProject(parseSpecifier(this.#text, details), from, this.#request, this.#context);
    return own && { specifier: own, mappedBy: "project" };
  }

  asWritten(): ReadSpecifier {
    const specifier = parseSpecifier(this.#text, this.#request.details);
    return this.#mappedBy === undefined ? { specifier } : { specifier, mappedBy: this.#mappedBy };
  }
}

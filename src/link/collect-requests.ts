import { LoaderError } from "../errors.ts";
import type { ModuleRequest } from "../artifact/module-record.ts";
import type { PackageRequest } from "../resolve/package-request.ts";
import { loadModule, referrerOf } from "./build-graph.ts";
import { holds } from "./linked-module.ts";
import { type GraphModule, isLater, type ModuleReference } from "./module-graph.ts";
import type { Specifier } from "../specifier/parse-specifier.ts";
import { wantedPackage } from "./wanted-package.ts";
import { readSpecifier } from "./read-specifier.ts";
import type { LinkContext } from "./link-context.ts";
import { resolveRequest } from "./resolve-request.ts";

/** A package that a source text asks for, and how. */
export interface ImportRequest extends PackageRequest {
  /** As it is written. */
  readonly specifier: string;
  /** Path of the file in the project, or URL of the module, that asks. */
  readonly from: string;
  /** `later`: by an `import()`, say, which is only called when something runs. */
  readonly kind: "import" | "require" | "later";
  /** `type` of the import attributes; `source` where the import is one of a source. */
  readonly type?: string;
}

/** A module of Node that a source text asks for: what stands in for it is of packages too. */
export type BuiltinRequest = Omit<ImportRequest, keyof PackageRequest>;

/** What source texts ask for. */
export interface CollectedRequests {
  readonly packages: ImportRequest[];
  /** Those that the realm does not have itself. */
  readonly builtins: BuiltinRequest[];
}

/**
 * Everything that the project and the modules it imports by URL ask for, `import()` included: what has to be solved
 * before anything of a package is loaded.
 * @throws LoaderError of the stages specifier, fetch, verify and compile; ERR_MODULE_NOT_FOUND for a file
 */
export async function collectRequests(entry: ModuleReference, context: LinkContext): Promise<CollectedRequests> {
  const requests: CollectedRequests = { packages: [], builtins: [] };
  const seen = new Set<string>();
  let level: Reached[] = [{ reference: entry, via: undefined, later: false, isRun: true }];
  while (level.length > 0) {
    const fresh = level.filter(({ reference }) => !seen.has(reference.url) && seen.add(reference.url));
    const reached = await Promise.all(
      fresh.map(async (wanted) => {
        const module = await unlessLater(wanted.later, () => loadModule(wanted, context));
        return module === undefined ? [] : collectFrom(module, wanted, requests, context);
      }),
    );
    level = reached.flat();
  }
  return requests;
}

/**
 * A module, and whether only an `import()` or a `require` reaches it: what is wrong with it is the error of that call, if it
 * is made.
 */
interface Reached {
  readonly reference: ModuleReference;
  readonly via: GraphModule["via"];
  readonly later: boolean;
  /** Whether it runs when the program starts. */
  readonly isRun: boolean;
}

async function unlessLater<Result>(later: boolean, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (later && error instanceof LoaderError) return undefined;
    throw error;
  }
}

/** Of specifiers that lead to modules which are no package's. */
const MODULE_KINDS: readonly Specifier["kind"][] = ["relative", "url", "native"];

async function collectFrom(
  module: GraphModule,
  { later: reachedLater, isRun }: Reached,
  requests: CollectedRequests,
  context: LinkContext,
): Promise<Reached[]> {
  const next: Reached[] = [];
  for (const request of module.record.requests) {
    const { kind } = request;
    if (kind === "asset") continue;
    const specifier = specifierOf(request);
    const details = { specifier, referrer: referrerOf(module, request) };
    const later = reachedLater || isLater(kind) || kind === "require";
    const isNow = isRun && !waits(request, context.mode);
    const wanted = {
      specifier,
      kind: kind === "require" ? kind : "import",
      mode: request.mode,
      referrer: module,
      details,
    } as const;
    const parsed = (await unlessLater(later, () => readSpecifier(wanted, context)))?.specifier;
    const asked = parsed && wantedPackage(parsed);
    if (asked !== undefined) {
      const { name, range } = asked;
      const asking = { ...how(module, request, isNow), specifier };
      requests.packages.push({ name, range, referrer: details.referrer, ...asking });
    } else if (parsed?.kind === "builtin") {
      if (!context.nativeBuiltins.has(parsed.name))
        requests.builtins.push({ ...how(module, request, isNow), specifier });
    } else if (parsed !== undefined && MODULE_KINDS.includes(parsed.kind) && kind !== "resolve") {
      const reference = await unlessLater(later, () => resolveRequest(wanted, context));
      // A file imported with attributes, or as a source, is data: nothing in it asks for packages.
      if (reference !== undefined && request.type === undefined && request.phase !== "source")
        next.push({ reference, via: { url: module.url, specifier }, later, isRun: isNow });
    }
  }
  return next;
}

/** A worker is named by a URL: `work.js` is beside the module. */
function specifierOf({ kind, specifier }: ModuleRequest): string {
  const isName = kind === "worker" && !/^(?:\.{0,2}\/|[a-z][a-z\d+.-]*:)/i.test(specifier);
  return isName ? `./${specifier}` : specifier;
}

/** Whether nothing is asked for until something else runs, if ever. */
function waits({ kind, guard }: ModuleRequest, mode: string): boolean {
  return isLater(kind) || (guard !== undefined && !holds(guard, mode));
}

/** @param isNow whether the module asks for it as soon as it runs */
function how(
  { owner, path, url }: GraphModule,
  { kind, phase, type }: ModuleRequest,
  isNow: boolean,
): Pick<ImportRequest, "from" | "kind" | "type"> {
  const of = phase === "source" ? phase : type;
  return {
    from: owner.kind === "project" ? path : url,
    kind: !isNow || kind === "resolve" ? "later" : kind === "require" ? kind : "import",
    ...(of === undefined ? {} : { type: of }),
  };
}

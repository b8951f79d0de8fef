import { LoaderError } from "../errors.ts";
import type { PackageRequest } from "../resolve/package-request.ts";
import { loadModule, referrerOf } from "./build-graph.ts";
import type { GraphModule, ModuleReference } from "./module-graph.ts";
import type { Specifier } from "../specifier/parse-specifier.ts";
import { wantedPackage } from "./wanted-package.ts";
import { readSpecifier } from "./read-specifier.ts";
import type { LinkContext } from "./link-context.ts";
import { resolveRequest } from "./resolve-request.ts";

/**
 * Every package that the project and the modules it imports by URL ask for, `import()` included: what has to be solved
 * before anything of a package is loaded.
 * @throws LoaderError of the stages specifier, fetch, verify and compile; ERR_MODULE_NOT_FOUND for a file
 */
export async function collectRequests(entry: ModuleReference, context: LinkContext): Promise<PackageRequest[]> {
  const requests: PackageRequest[] = [];
  const seen = new Set<string>();
  let level: Reached[] = [{ reference: entry, via: undefined, later: false }];
  while (level.length > 0) {
    const fresh = level.filter(({ reference }) => !seen.has(reference.url) && seen.add(reference.url));
    const reached = await Promise.all(
      fresh.map(async (wanted) => {
        const module = await unlessLater(wanted.later, () => loadModule(wanted, context));
        return module === undefined ? [] : collectFrom(module, wanted.later, requests, context);
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
  reachedLater: boolean,
  requests: PackageRequest[],
  context: LinkContext,
): Promise<Reached[]> {
  const next: Reached[] = [];
  for (const request of module.record.requests) {
    const { kind } = request;
    if (kind === "asset") continue;
    // A worker is named by a URL: `work.js` is beside the module.
    const isName = kind === "worker" && !/^(?:\.{0,2}\/|[a-z][a-z\d+.-]*:)/i.test(request.specifier);
    const specifier = isName ? `./${request.specifier}` : request.specifier;
    const details = { specifier, referrer: referrerOf(module, request) };
    const later = reachedLater || kind === "dynamic" || kind === "worker" || kind === "require";
    const how = kind === "require" ? kind : "import";
    const wanted = { specifier, kind: how, mode: request.mode, referrer: module, details } as const;
    const parsed = (await unlessLater(later, () => readSpecifier(wanted, context)))?.specifier;
    const asked = parsed && wantedPackage(parsed);
    if (asked !== undefined) {
      const { name, range } = asked;
      requests.push({ name, range, referrer: details.referrer });
    } else if (parsed !== undefined && MODULE_KINDS.includes(parsed.kind) && kind !== "resolve") {
      const reference = await unlessLater(later, () => resolveRequest(wanted, context));
      // A file imported with attributes, or as a source, is data: nothing in it asks for packages.
      if (reference !== undefined && request.type === undefined && request.phase !== "source")
        next.push({ reference, via: { url: module.url, specifier }, later });
    }
  }
  return next;
}

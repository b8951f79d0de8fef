import type { PackageRequest } from "../resolve/solve-versions.ts";
import { parseSpecifier } from "../specifier/parse-specifier.ts";
import { loadModule, referrerOf } from "./build-graph.ts";
import type { GraphModule, ModuleReference } from "./module-graph.ts";
import { type LinkContext, resolveRequest } from "./resolve-request.ts";

/**
 * Every package that the project and the modules it imports by URL ask for, `import()` included: what has to be solved
 * before anything of a package is loaded.
 * @throws LoaderError of the stages specifier, fetch, verify and compile; ERR_MODULE_NOT_FOUND for a file
 */
export async function collectRequests(entry: ModuleReference, context: LinkContext): Promise<PackageRequest[]> {
  const requests: PackageRequest[] = [];
  const seen = new Set<string>();
  let level: { reference: ModuleReference; via: GraphModule["via"] }[] = [{ reference: entry, via: undefined }];
  while (level.length > 0) {
    const fresh = level.filter(({ reference }) => !seen.has(reference.url) && seen.add(reference.url));
    const modules = await Promise.all(fresh.map((wanted) => loadModule(wanted, context)));
    level = (await Promise.all(modules.map((module) => collectFrom(module, requests, context)))).flat();
  }
  return requests;
}

async function collectFrom(module: GraphModule, requests: PackageRequest[], context: LinkContext) {
  const next: { reference: ModuleReference; via: GraphModule["via"] }[] = [];
  for (const request of module.record.requests) {
    const { specifier, kind } = request;
    const details = { specifier, referrer: referrerOf(module, request) };
    const parsed = parseSpecifier(specifier, details);
    if (parsed.kind === "package") {
      const { name, range } = parsed.package;
      requests.push({ name, range, referrer: details.referrer });
    } else if ((parsed.kind === "relative" || parsed.kind === "url") && kind !== "resolve" && kind !== "asset") {
      const reference = await resolveRequest({ specifier, kind: "import", referrer: module, details }, context);
      // A file imported with attributes is data: nothing in it asks for packages.
      if (request.type === undefined) next.push({ reference, via: { url: module.url, specifier } });
    }
  }
  return next;
}

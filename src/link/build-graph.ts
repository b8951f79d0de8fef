import { positionAt } from "../compile/code-frame.ts";
import { compileModule } from "../compile/compile-module.ts";
import { packageType } from "../compile/compile-package.ts";
import { type CompiledModule, emptyAnalysis, type ModuleRequest } from "../compile/module-analysis.ts";
import { LoaderError } from "../errors.ts";
import { inOrder } from "../resolve/in-order.ts";
import type { Limits } from "../limits.ts";
import { loadAttributed } from "./attributed-module.ts";
import { findMissingPeers } from "./missing-peers.ts";
import type { GraphModule, ModuleGraph, ModuleReference, RequestTarget } from "./module-graph.ts";
import { type LinkContext, resolveRequest } from "./resolve-request.ts";
import { urlModulePath } from "./url-module.ts";

/** A module that is wanted, and by whom. */
interface Wanted {
  readonly reference: ModuleReference;
  readonly via: GraphModule["via"];
}

/**
 * Gives `entry` and everything it statically reaches that `present` does not have, a level at a time: resolution of a level
 * runs in parallel, modules enter the graph in source order, so that the result does not depend on the network.
 * @throws LoaderError of the stages specifier to compile; ERR_GRAPH_LIMIT
 */
export async function buildGraph(
  entry: Wanted,
  present: ReadonlyMap<string, GraphModule>,
  context: LinkContext,
  limits: Limits,
): Promise<ModuleGraph> {
  const found: ModuleGraph = new Map();
  let level: Wanted[] = [entry];
  while (level.length > 0) {
    const added: GraphModule[] = [];
    for (const wanted of level) {
      const { url } = wanted.reference;
      if (present.has(url) || found.has(url)) continue;
      if (present.size + found.size >= limits.modules) {
        throw new LoaderError("ERR_GRAPH_LIMIT", `The program has more than ${limits.modules} modules`, {
          limit: limits.modules,
        });
      }
      const module = await loadModule(wanted, context);
      found.set(module.url, module);
      added.push(module);
    }
    const peers = await findMissingPeers(added, context);
    if (peers.length > 0) await context.sources.lockPeers(peers);
    level = (await inOrder(added.map((module) => resolveModule(module, context)))).flat();
  }
  return found;
}

/** Resolves all requests of a module; gives the modules they lead to. */
async function resolveModule(module: GraphModule, context: LinkContext): Promise<Wanted[]> {
  const wanted = await inOrder(module.analysis.requests.map((request) => resolveOne(module, request, context)));
  return wanted.flatMap(({ target, reference, specifier }) => {
    module.targets.push(target);
    return reference === undefined ? [] : [{ reference, via: { url: module.url, specifier } }];
  });
}

interface Resolved {
  readonly target: RequestTarget;
  /** Set where the target must be loaded too. */
  readonly reference?: ModuleReference;
  readonly specifier: string;
}

async function resolveOne(module: GraphModule, request: ModuleRequest, context: LinkContext): Promise<Resolved> {
  const { specifier, kind, guard } = request;
  const dead = guard !== undefined && (guard.value === context.mode) !== guard.equals;
  if (dead || kind === "dynamic") return { target: { kind: "later" }, specifier };
  const details = { specifier, referrer: referrerOf(module, request) };
  try {
    const reference = await resolveRequest(
      { specifier, kind: kind === "require" ? "require" : "import", referrer: module, details },
      context,
    );
    if (kind === "resolve") return { target: { kind: "address", url: reference.url }, specifier };
    const attributed = withType(reference, request);
    return { target: { kind: "module", url: attributed.url }, reference: attributed, specifier };
  } catch (error) {
    // A require that is never reached may name what is not there: it fails when it is called, as in Node.
    const tolerated =
      (kind === "require" || kind === "resolve") && error instanceof LoaderError && error.stage !== "verify";
    if (!tolerated || isTransient(error)) throw error;
    return { target: { kind: "failed", error }, specifier };
  }
}

function isTransient(error: LoaderError): boolean {
  return error.stage === "fetch" || error.stage === "store";
}

/** Attributes other than `json` make another module of the same file. */
function withType(reference: ModuleReference, { type }: ModuleRequest): ModuleReference {
  if (type === undefined || type === "json") return reference;
  return { ...reference, url: `${reference.url}#${type}`, type };
}

/** `file:line:column` of a request. */
export function referrerOf(
  module: Pick<GraphModule, "shownAs" | "code">,
  request: Pick<ModuleRequest, "start">,
): string {
  if (module.code === "") return module.shownAs;
  const { line, column } = positionAt(module.code, request.start);
  return `${module.shownAs}:${line}:${column}`;
}

/** Reads and, where that has not been done before, compiles a module. */
export async function loadModule({ reference, via }: Wanted, context: LinkContext): Promise<GraphModule> {
  const { owner, path } = reference;
  const rest = { ...reference, targets: [], via };
  const details = via === undefined ? {} : { specifier: via.specifier, referrer: via.url.slice(context.base.length) };
  if (owner.kind === "empty")
    return { ...rest, code: "", analysis: emptyAnalysis("commonjs"), nodeMode: false, shownAs: "empty" };
  if (owner.kind === "package") return loadPackageModule(reference, rest, context, details);
  const file = await readFile(reference, context, details.referrer ?? "");
  const compiled =
    reference.type === undefined
      ? compileModule({ ...file, type: "module" }, details)
      : loadAttributed(reference, file.bytes, details);
  return { ...rest, path, ...compiled, bytes: file.bytes, nodeMode: false, shownAs: file.shownAs };
}

async function readFile(
  { owner, path, url }: ModuleReference,
  { sources }: LinkContext,
  referrer: string,
): Promise<{ path: string; bytes: Uint8Array<ArrayBuffer>; shownAs: string }> {
  if (owner.kind === "project") {
    return { path, bytes: new TextEncoder().encode(sources.files.get(path) ?? ""), shownAs: path };
  }
  const source = await sources.url(url.split("#", 1)[0] ?? url, referrer);
  return { path: urlModulePath(source), bytes: source.bytes, shownAs: source.url };
}

async function loadPackageModule(
  reference: ModuleReference,
  rest: Pick<GraphModule, "targets" | "via"> & ModuleReference,
  context: LinkContext,
  details: { specifier?: string; referrer?: string },
): Promise<GraphModule> {
  const key = reference.owner.kind === "package" ? reference.owner.key : "";
  const { path } = reference;
  const shownAs = `${key}/${path}`;
  const artifact = await context.sources.artifact(key, details.referrer ?? "");
  const file = artifact.files.get(path);
  if (file === undefined)
    throw new LoaderError("ERR_MODULE_NOT_FOUND", `"${key}" has no file "${path}"`, { ...details, package: key });
  if (file.error !== undefined) {
    const { code, message, details: known } = file.error;
    throw new LoaderError(code, message, { ...known, ...details });
  }
  const bytes = artifact.bytes(file);
  const type = packageType(path, artifact.manifests);
  const compiled: CompiledModule =
    reference.type !== undefined
      ? loadAttributed(reference, bytes, details)
      : file.analysis === undefined
        ? compileModule({ path, bytes, type, shownAs }, { ...details, package: key })
        : { code: file.analysis.format === "wasm" ? "" : new TextDecoder().decode(bytes), analysis: file.analysis };
  const nodeMode = /\.m[jt]s$/.test(path) || (type === "module" && !/\.c[jt]s$/.test(path));
  return { ...rest, ...compiled, bytes, nodeMode, shownAs };
}

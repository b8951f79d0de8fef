import { emptyRecord, type ModuleRequest } from "../artifact/module-record.ts";
import { packageType } from "../compile/read-manifests.ts";
import { LoaderError } from "../errors.ts";
import { inOrder } from "../resolve/in-order.ts";
import type { PackageArtifact } from "../artifact/package-artifact.ts";
import { type CompileFile, createFileCompiler } from "../compile/compile-package-file.ts";
import type { Limits } from "../limits.ts";
import { assetRecord, loadAttributed } from "./attributed-module.ts";
import { bufferRequest, builtinRecord, isBufferRequest } from "./builtin-module.ts";
import { importChain } from "./import-chain.ts";
import { findMissingPeers } from "./missing-peers.ts";
import { findMissingPolyfills } from "./missing-polyfills.ts";
import type { GraphModule, ModuleGraph, ModuleReference, RequestTarget, Wanted } from "./module-graph.ts";
import { holds } from "./linked-module.ts";
import type { OwnSource } from "./own-modules.ts";
import { mayBeRemapped, sharedKey } from "./shared-specifiers.ts";
import type { LinkContext } from "./link-context.ts";
import { fileReference } from "./module-references.ts";
import { resolveRequest } from "./resolve-request.ts";
import { urlModulePath } from "./url-module.ts";

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
  const known: KnownReferences = new Map();
  /** URLs that are wanted already: most requests are for what another one has asked for. */
  const asked = new Set<string>();
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
      const find = (key: string): GraphModule | undefined => found.get(key) ?? present.get(key);
      const module =
        wanted.reference.partial?.link.load(wanted.reference, wanted.via) ??
        withBuffer(loadNow(wanted, context) ?? (await loadModule(wanted, context, find)), context);
      found.set(module.url, module);
      added.push(module);
    }
    // What modules of a partial link ask for has been found, and locked, when it was made.
    const fresh = added.filter(({ partial }) => partial === undefined);
    const peers = await findMissingPeers(fresh, context);
    if (peers.length > 0) await context.sources.lockPeers(peers);
    const polyfills = findMissingPolyfills(fresh, context);
    if (polyfills.length > 0) await context.sources.lockPolyfills(polyfills);
    level = [];
    const resolved = fresh.map((module) => resolveModule(module, context, known));
    const wantedByFresh = resolved.every(isNow) ? resolved : await inOrder(resolved);
    for (const module of added) {
      const { partial } = module;
      if (partial !== undefined) {
        partial.link.addWanted(partial.index, asked, level);
        continue;
      }
      for (const wanted of wantedByFresh.shift() ?? []) {
        const { url } = wanted.reference;
        if (asked.has(url)) continue;
        asked.add(url);
        level.push(wanted);
      }
    }
  }
  return found;
}

/** Resolves all requests of a module; gives the modules they lead to. */
function resolveModule(
  module: GraphModule,
  context: LinkContext,
  known: KnownReferences,
): Wanted[] | Promise<Wanted[]> {
  const requests = module.record.requests.map(
    (request) => resolveNow(module, request, context, known) ?? resolveOne(module, request, context),
  );
  const take = (resolved: readonly Resolved[]): Wanted[] => {
    const wanted: Wanted[] = [];
    for (const { target, reference, specifier } of resolved) {
      module.targets.push(target);
      if (reference !== undefined) wanted.push({ reference, via: { url: module.url, specifier } });
    }
    return wanted;
  };
  return requests.every(isNow) ? take(requests) : inOrder(requests).then(take);
}

function isNow<Value>(value: Value | Promise<Value>): value is Value {
  return !(value instanceof Promise);
}

const LATER: RequestTarget = { kind: "later" };

/** What needs nobody to be asked: most requests of a package are for files beside the one that makes them. */
function resolveNow(
  module: GraphModule,
  request: ModuleRequest,
  context: LinkContext,
  known: KnownReferences,
): Resolved | Promise<Resolved> | undefined {
  const { specifier, kind, guard, within } = request;
  const type = request.phase === "source" ? request.phase : request.type;
  const dead = guard !== undefined && !holds(guard, context.mode);
  if (dead || kind === "dynamic" || kind === "asset" || kind === "worker") return { target: LATER, specifier };
  const { owner } = module;
  if (owner.kind === "project" || owner.kind === "url")
    return kind === "resolve" ? undefined : resolveEntry(module, request, context);
  if (type !== undefined || kind === "resolve" || owner.kind !== "package") return undefined;
  // An import map may have any of them.
  if (context.importMap !== undefined) return undefined;
  if (within === undefined) return resolveShared(module, request, context, known);
  const artifact = context.sources.artifactNow(owner.key);
  if (artifact === undefined || mayBeRemapped(artifact, within)) return undefined;
  const { target, reference } = fileOf(artifact, owner.key, within, context);
  return { target, reference, specifier };
}

/** What the project asks for, where a partial link knows it. */
function resolveEntry(module: GraphModule, request: ModuleRequest, { sources }: LinkContext): Resolved | undefined {
  const reference = sources.partial()?.entry(module, request);
  if (reference === undefined) return undefined;
  return { target: { kind: "module", url: reference.url }, reference, specifier: request.specifier };
}

/** A file of a package as a request leads to it. */
interface KnownFile {
  readonly base: string;
  readonly target: RequestTarget;
  readonly reference: ModuleReference;
}

const knownFiles = new WeakMap<PackageArtifact, Map<string, KnownFile>>();

/** Makes a file's URL once, however many ask for it: comparing one string with itself is cheap. */
function fileOf(artifact: PackageArtifact, key: string, path: string, context: LinkContext): KnownFile {
  let files = knownFiles.get(artifact);
  if (files === undefined) knownFiles.set(artifact, (files = new Map()));
  let file = files.get(path);
  if (file === undefined || file.base !== context.base) {
    const reference = fileReference(key, path, context);
    file = { base: context.base, target: { kind: "module", url: reference.url }, reference };
    files.set(path, file);
  }
  return file;
}

/** Asks once for what many modules of a package ask for. Who asks first is named if it fails. */
function resolveShared(
  module: GraphModule,
  request: ModuleRequest,
  context: LinkContext,
  known: KnownReferences,
): Promise<Resolved> | undefined {
  const key = sharedKey(module, request, context.sources);
  if (key === undefined) return undefined;
  let resolved = known.get(key);
  if (resolved === undefined) known.set(key, (resolved = resolveOne(module, request, context)));
  return resolved;
}

/** What bare specifiers mean in a package: the same in all of its modules, hundreds of which may ask for one. */
type KnownReferences = Map<string, Promise<Resolved>>;

interface Resolved {
  readonly target: RequestTarget;
  /** Set where the target must be loaded too. */
  readonly reference?: ModuleReference;
  readonly specifier: string;
}

async function resolveOne(module: GraphModule, request: ModuleRequest, context: LinkContext): Promise<Resolved> {
  const { specifier, kind } = request;
  const details = { specifier, referrer: referrerOf(module, request) };
  try {
    // What a package maps away is what it asks for itself, not a global that it is given.
    const referrer = isBufferRequest(request) ? { ...module, owner: { kind: "project" } as const } : module;
    const reference = await resolveRequest(
      { specifier, kind: kind === "require" ? "require" : "import", mode: request.mode, referrer, details },
      context,
    );
    if (kind === "resolve") {
      const url = reference.owner.kind === "builtin" ? reference.path : reference.url;
      return { target: { kind: "address", url }, specifier };
    }
    const attributed = withType(reference, request.phase === "source" ? "source" : request.type);
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

/** Attributes other than `json`, and `import source`, make another module of the same file. */
export function withType(reference: ModuleReference, type: string | undefined): ModuleReference {
  if (type === undefined || type === "json") return reference;
  return { ...reference, url: `${reference.url}#${type}`, type };
}

/** `file:line:column` of a request. */
export function referrerOf(
  module: Pick<GraphModule, "shownAs">,
  { line, column }: Pick<ModuleRequest, "line" | "column">,
): string {
  return `${module.shownAs}:${line}:${column}`;
}

/** A module of a package that is at hand, and has been compiled. */
function loadNow({ reference, via }: Wanted, { sources }: LinkContext): GraphModule | undefined {
  const { owner, path, type } = reference;
  if (owner.kind !== "package" || type !== undefined) return undefined;
  const artifact = sources.artifactNow(owner.key);
  const file = artifact?.index.files.get(path);
  const record = file === undefined ? undefined : artifact?.record(file);
  if (artifact === undefined || record === undefined) return undefined;
  const nodeMode = isNodeMode(path, packageType(path, artifact.index.manifests));
  return { ...reference, record, nodeMode, shownAs: `${owner.key}/${path}`, targets: [], via };
}

/** Whether Node sees an ES module by the file's name or its package's `type`. */
function isNodeMode(path: string, type: string | undefined): boolean {
  return /\.[cm][jt]s$/.test(path) || type === "module";
}

/** The free name `Buffer`: its realm takes it from the module of Node, which must therefore be there. */
function withBuffer(module: GraphModule, { nativeBuiltins }: LinkContext): GraphModule {
  const { record } = module;
  if (!record.globals.includes("Buffer") || nativeBuiltins.has("buffer")) return module;
  return { ...module, record: { ...record, requests: [...record.requests, bufferRequest(record)] } };
}

/** Reads and, where that has not been done before, compiles a module. `find` gives modules that are loaded already. */
export async function loadModule(
  { reference, via }: Wanted,
  context: LinkContext,
  find: (url: string) => GraphModule | undefined = () => undefined,
): Promise<GraphModule> {
  const { owner, path } = reference;
  const rest = { ...reference, targets: [], via };
  const details = via === undefined ? {} : { specifier: via.specifier, referrer: via.url.slice(context.base.length) };
  if (owner.kind === "empty")
    return { ...rest, record: emptyRecord("empty", "commonjs"), nodeMode: false, shownAs: "empty" };
  if (owner.kind === "builtin") {
    const importer = via === undefined ? undefined : find(via.url);
    const chain = importer === undefined ? [] : importChain(importer, find);
    return { ...rest, record: builtinRecord(owner.name, chain, context), nodeMode: false, shownAs: path };
  }
  if (owner.kind === "package") return loadPackageModule(reference, rest, context, details);
  const file = await readFile(reference, context, details.referrer ?? "");
  const { bytes, shownAs } = file;
  if (reference.type !== undefined)
    return { ...rest, path, record: loadAttributed(reference, bytes, details), bytes, nodeMode: false, shownAs };
  const module = context.ownModules.compile(reference.url, file, details);
  return { ...rest, ...module, path, nodeMode: /\.[cm][jt]s$/.test(path) };
}

async function readFile(
  { owner, path, url }: ModuleReference,
  { sources, nativeModules }: LinkContext,
  referrer: string,
): Promise<OwnSource> {
  if (owner.kind === "project") {
    return { path, bytes: new TextEncoder().encode(sources.files.get(path) ?? ""), shownAs: path };
  }
  const [address = url] = url.split("#", 1);
  const source = nativeModules.source(address) ?? (await sources.url(address, referrer));
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
  const file = artifact.index.files.get(path);
  if (file === undefined)
    throw new LoaderError("ERR_MODULE_NOT_FOUND", `"${key}" has no file "${path}"`, { ...details, package: key });
  const nodeMode = isNodeMode(path, packageType(path, artifact.index.manifests));
  const bytes = await artifact.bytes(file);
  if (reference.type !== undefined)
    return { ...rest, record: loadAttributed(reference, bytes, details), bytes, nodeMode, shownAs };
  if (file.state === "failed") {
    const { code, message, details: known } = artifact.index.error(file);
    throw new LoaderError(code, message, { ...known, ...details });
  }
  if (file.state === "module") {
    const record = artifact.record(file) ?? artifact.index.record(file, bytes);
    return { ...rest, record, bytes, nodeMode, shownAs };
  }
  const record =
    file.state === "asset"
      ? assetRecord(path, bytes, reference.url)
      : fileCompiler(key, artifact)(path, bytes, details);
  artifact.addReached(path, record);
  return { ...rest, record, bytes, nodeMode, shownAs };
}

const fileCompilers = new WeakMap<PackageArtifact, CompileFile>();

function fileCompiler(key: string, artifact: PackageArtifact): CompileFile {
  let compile = fileCompilers.get(artifact);
  if (compile === undefined) {
    compile = createFileCompiler({ key, manifests: artifact.index.manifests, files: artifact.index.files });
    fileCompilers.set(artifact, compile);
  }
  return compile;
}

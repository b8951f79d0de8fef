import { codeFrame, positionAt } from "../compile/code-frame.ts";
import { readWasmInterface } from "../compile/wasm.ts";
import type { ModuleRequest } from "../compile/module-analysis.ts";
import { LoaderError } from "../errors.ts";
import type { GraphModule, ModuleGraph } from "./module-graph.ts";
import { nearest } from "./nearest-name.ts";

/** Where an exported name comes from. */
export type Binding =
  | { readonly kind: "found"; readonly url: string; readonly name: string }
  /** A CommonJS module that may have it once it has run. */
  | { readonly kind: "commonjs"; readonly url: string }
  | { readonly kind: "missing" }
  | { readonly kind: "ambiguous" };

const MISSING: Binding = { kind: "missing" };

/** Whether the module is run as CommonJS: its exports are known only when it has run. */
export function isCommonjs(module: GraphModule): boolean {
  return module.analysis.format === "commonjs" || module.analysis.format === "json";
}

/**
 * Whether its namespace is one of the runtime's: the engine's own could only have the names that are known now, with the
 * values they have then. So it is for CommonJS, and for WebAssembly that exports globals.
 */
export function hasOwnNamespace(module: GraphModule): boolean {
  if (isCommonjs(module)) return true;
  const { analysis, bytes, shownAs } = module;
  if (analysis.format !== "wasm" || bytes === undefined) return false;
  return readWasmInterface(bytes, shownAs).exports.some(({ kind }) => kind === "global");
}

/** ES `ResolveExport`, with CommonJS modules as sources of any name. */
export function resolveExport(graph: ModuleGraph, url: string, name: string, seen: Set<string> = new Set()): Binding {
  const module = graph.get(url);
  if (module === undefined || seen.has(`${url}\n${name}`)) return MISSING;
  seen.add(`${url}\n${name}`);
  if (isCommonjs(module)) return { kind: "commonjs", url };
  const { analysis } = module;
  if (analysis.exports.includes(name)) return { kind: "found", url, name };
  const reexport = Object.hasOwn(analysis.reexports, name) ? analysis.reexports[name] : undefined;
  if (reexport !== undefined) {
    const target = targetUrl(module, reexport[0]);
    if (target === undefined) return MISSING;
    return reexport[1] === "*"
      ? { kind: "found", url: target, name: "*" }
      : resolveExport(graph, target, reexport[1], seen);
  }
  return name === "default" ? MISSING : resolveStars(graph, module, name, seen);
}

function resolveStars(graph: ModuleGraph, module: GraphModule, name: string, seen: Set<string>): Binding {
  let found: Binding = MISSING;
  for (const [index, request] of module.analysis.requests.entries()) {
    const target = request.kind === "export-all" ? targetUrl(module, index) : undefined;
    if (target === undefined) continue;
    const binding = resolveExport(graph, target, name, seen);
    if (binding.kind === "ambiguous") return binding;
    if (binding.kind === "missing") continue;
    // What CommonJS might have gives way to what an ES module has.
    if (
      found.kind === "found" &&
      binding.kind === "found" &&
      (found.url !== binding.url || found.name !== binding.name)
    ) {
      return { kind: "ambiguous" };
    }
    if (found.kind !== "found") found = binding;
  }
  return found;
}

function targetUrl(module: GraphModule, request: number): string | undefined {
  const target = module.targets[request];
  return target?.kind === "module" ? target.url : undefined;
}

/** Names of CommonJS modules that ES modules import: URL → name → the project's import of it, if it is the project's. */
export type CommonjsNames = Map<string, Map<string, string | undefined>>;

/**
 * Checks that every name imported from an ES module is exported by it, before anything runs (M23, M31), and collects
 * the names that CommonJS modules are asked for.
 * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
 */
export function bindExports(graph: ModuleGraph, modules: Iterable<GraphModule>): CommonjsNames {
  const names: CommonjsNames = new Map();
  for (const module of modules) {
    if (isCommonjs(module)) continue;
    for (const [index, request] of module.analysis.requests.entries()) {
      const target = request.kind === "import" ? targetUrl(module, index) : undefined;
      if (target !== undefined) bindRequest(graph, module, request, target, names);
    }
  }
  return names;
}

function bindRequest(
  graph: ModuleGraph,
  module: GraphModule,
  request: ModuleRequest,
  target: string,
  names: CommonjsNames,
): void {
  for (const name of request.names) {
    if (name === "*") continue;
    const binding = resolveExport(graph, target, name);
    if (binding.kind === "commonjs") {
      const known = names.get(binding.url) ?? new Map<string, string | undefined>();
      names.set(binding.url, known);
      const place = module.owner.kind === "project" ? placeOf(module, request, name).referrer : undefined;
      known.set(name, known.get(name) ?? place);
    } else if (binding.kind !== "found") throw bindError(graph, module, request, target, name, binding.kind);
  }
}

function bindError(
  graph: ModuleGraph,
  module: GraphModule,
  request: ModuleRequest,
  target: string,
  name: string,
  kind: "missing" | "ambiguous",
): LoaderError {
  const details = { specifier: request.specifier, ...placeOf(module, request, name) };
  const what = `"${module.shownAs}" imports "${name}" from "${request.specifier}"`;
  if (kind === "ambiguous")
    return new LoaderError("ERR_AMBIGUOUS_EXPORT", `${what}, where two modules export that name`, details);
  const similar = nearest(name, exportNames(graph, target));
  const hint = similar === undefined ? undefined : `did you mean "${similar}"?`;
  return new LoaderError(
    "ERR_EXPORT_NOT_FOUND",
    `${what}, which does not export it`,
    hint === undefined ? details : { ...details, hint },
  );
}

/** Where the name stands in the import; the specifier where that cannot be told. */
function placeOf(module: GraphModule, request: ModuleRequest, name: string) {
  if (module.analysis.format === "wasm") return { referrer: module.shownAs, file: module.shownAs };
  const statement = module.code.slice(Math.max(0, request.start - 2000), request.start);
  const keyword = Math.max(statement.lastIndexOf("import"), statement.lastIndexOf("export"));
  const within =
    keyword === -1 ? -1 : statement.slice(keyword).search(new RegExp(`\\b${name.replace(/\W/g, "\\$&")}\\b`));
  const offset =
    within === -1 || name === "default" ? request.start : request.start - (statement.length - keyword) + within;
  const position = positionAt(module.code, offset);
  return {
    referrer: `${module.shownAs}:${position.line}:${position.column}`,
    file: module.shownAs,
    ...position,
    frame: codeFrame(module.code, position),
  };
}

/** Every name a module exports, as far as it is known before running. */
export function exportNames(graph: ModuleGraph, url: string, seen: Set<string> = new Set()): Set<string> {
  const names = new Set<string>();
  const module = graph.get(url);
  if (module === undefined || seen.has(url)) return names;
  seen.add(url);
  for (const name of module.analysis.exports) names.add(name);
  for (const name of Object.keys(module.analysis.reexports)) names.add(name);
  for (const [index, request] of module.analysis.requests.entries()) {
    const forwarded = request.kind === "require" && module.analysis.forwards.includes(request.specifier);
    const target = request.kind === "export-all" || forwarded ? targetUrl(module, index) : undefined;
    if (target === undefined) continue;
    for (const name of exportNames(graph, target, seen)) if (name !== "default" || forwarded) names.add(name);
  }
  return names;
}

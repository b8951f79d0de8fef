import type { ModuleRequest } from "../compile/module-analysis.ts";
import { hasOwnNamespace, isCommonjs } from "./bind-exports.ts";
import type { GraphModule, ModuleGraph } from "./module-graph.ts";

/** How the linker writes addresses of modules into other modules. */
export interface EmitContext {
  readonly graph: ModuleGraph;
  readonly mode: string;
  /** URL of the ES module that stands for a CommonJS module. */
  facadeUrl(commonjsUrl: string, nodeMode: boolean): string;
  /** URL of the ES module that has as `*` the namespace of a module that `hasOwnNamespace`, and its default. */
  namespaceUrl(url: string, nodeMode: boolean): string;
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The URL that an ES module imports to get `target`. */
export function importUrl(module: GraphModule, target: string, context: EmitContext): string {
  const imported = context.graph.get(target);
  return imported !== undefined && isCommonjs(imported) ? context.facadeUrl(target, module.nodeMode) : target;
}

/** An ES module with its specifiers resolved; every line stays where it is. */
export function emitModule(module: GraphModule, context: EmitContext): string {
  const { format } = module.analysis;
  if (format === "css") return `__raya.style(${quote(module.url)}, ${quote(module.code)});\nexport default undefined;`;
  const needs = module.analysis.needs.map((name) => `const ${name} = __raya.globals.${name};`).join("");
  return withSourceUrl(needs + replaceAll(module.code, replacements(module, context)), module.url);
}

/** A CommonJS module as a classic script that registers its function: sloppy mode stays sloppy. */
export function emitCommonjs(module: GraphModule, context: EmitContext): string {
  const { analysis, url, code } = module;
  if (analysis.format === "json") {
    return `__raya.define(${quote(url)}, {}, [], function (exports, require, module) { module.exports = JSON.parse(${quote(code)}); });`;
  }
  const requires: Record<string, unknown> = {};
  for (const [index, request] of analysis.requests.entries()) {
    const target = module.targets[index];
    if (request.kind !== "require") continue;
    if (target?.kind === "module") requires[request.specifier] = target.url;
    else if (target?.kind === "failed") requires[request.specifier] = target.error.toJSON();
  }
  const parameters = ["exports", "require", "module", "__filename", "__dirname", ...analysis.needs].join(", ");
  const body = replaceAll(code, replacements(module, context));
  const head = `__raya.define(${quote(url)}, ${JSON.stringify(requires)}, ${JSON.stringify(analysis.needs)}, function (${parameters}) {`;
  return withSourceUrl(`${head}${body}\n});`, url);
}

function replacements(module: GraphModule, context: EmitContext): Replacement[] {
  const found: Replacement[] = [];
  for (const [index, request] of module.analysis.requests.entries()) {
    const target = module.targets[index];
    const { start, end, kind } = request;
    if (request.attributes !== undefined)
      found.push({ start: request.attributes[0], end: request.attributes[1], text: "" });
    if (target?.kind === "address") found.push({ start, end, text: quote(target.url) });
    else if (target?.kind === "module" && (kind === "import" || kind === "export-all")) {
      found.push(...importReplacements(module, request, target.url, context));
    }
  }
  for (const { kind, start, end } of module.analysis.edits) {
    const inside = found.some((other) => other.start <= start && end <= other.end);
    if (inside) continue;
    const url = quote(module.url);
    const text =
      kind === "node-env"
        ? quote(context.mode)
        : kind === "import-meta"
          ? `__raya.meta(${url})`
          : `__raya.importFrom(${url})`;
    found.push({ start, end, text });
  }
  return found.toSorted((a, b) => a.start - b.start);
}

function importReplacements(
  module: GraphModule,
  { start, end, namespace }: ModuleRequest,
  target: string,
  context: EmitContext,
): Replacement[] {
  const imported = context.graph.get(target);
  if (namespace === undefined || imported === undefined || !hasOwnNamespace(imported)) {
    return [{ start, end, text: quote(importUrl(module, target, context)) }];
  }
  const [star, last] = namespace;
  return [
    { start: star, end: last, text: `{ "*" ${module.code.slice(star + 1, last)} }` },
    { start, end, text: quote(context.namespaceUrl(target, module.nodeMode)) },
  ];
}

function replaceAll(code: string, sorted: readonly Replacement[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, text } of sorted) {
    pieces.push(code.slice(at, start), text);
    at = end;
  }
  pieces.push(code.slice(at));
  return pieces.join("");
}

/** Stack traces and the debugger name the module itself. A map that the author pointed to belongs to other text. */
function withSourceUrl(code: string, url: string): string {
  return `${code.replace(/\/\/[#@] sourceMappingURL=\S*\s*$/, "")}\n//# sourceURL=${url}`;
}

export function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

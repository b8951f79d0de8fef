import { emptyRecord, type ModuleRecord, type ModuleRequest, RECORD_FLAGS } from "../artifact/module-record.ts";
import { type BuiltinSource, builtinSource } from "../resolve/builtin-table.ts";
import type { BuiltinDescription } from "../run/builtin-runtime.ts";
import { builtinParts } from "../run/builtins/builtin-parts.ts";
import type { ModuleReference } from "./module-graph.ts";
import type { LinkContext } from "./link-context.ts";

/**
 * The reference of a module of Node. There is one of each in a realm; of one that has nothing to share, one for each
 * importer (`name@version`, or `project`), so that its errors can name it.
 */
export function builtinReference(
  name: string,
  importer: string,
  { base, nativeBuiltins }: Pick<LinkContext, "base" | "nativeBuiltins">,
): ModuleReference {
  const path = `node:${name}`;
  if (nativeBuiltins.has(name) || builtinSource(name)?.missing !== true)
    return { url: base + path, owner: { kind: "builtin", name }, path };
  return { url: `${base}${path}/for/${importer}`, owner: { kind: "builtin", name, importer }, path };
}

/**
 * A module of Node as a CommonJS module: what it requires, and the code that makes its exports of it. `chain` leads from
 * the project's file to who imports it.
 */
export function builtinRecord(
  name: string,
  chain: readonly string[],
  { nativeBuiltins }: Pick<LinkContext, "nativeBuiltins">,
): ModuleRecord {
  const empty = emptyRecord(`node:${name}`, "commonjs");
  if (nativeBuiltins.has(name)) return { ...empty, code: `module.exports = __raya.nativeBuiltin(${quote(name)});` };
  const source = builtinSource(name) ?? {};
  if (source.partOf !== undefined) return { ...empty, ...partRecord(source.partOf) };
  const specifier = polyfillSpecifier(source);
  const used = (source.uses ?? []).map((other) => `node:${other}`);
  return {
    ...empty,
    // A package may do something when it runs; the rest only makes exports.
    flags: specifier === undefined ? RECORD_FLAGS.sideEffectFree : 0,
    code: codeOf(name, source, chain.slice(0, chain.findLastIndex((link) => !link.startsWith("node:")) + 1)),
    requests: [...(specifier === undefined ? [] : [specifier]), ...used].map(requireRequest),
    names: `${source.adds ?? ""} ${source.unavailable ?? ""}`.split(" ").filter((exported) => exported !== ""),
    forwards: specifier === undefined ? [] : [0],
  };
}

/** The request that brings `Buffer` into a module that has it as a free name. */
export function bufferRequest({ format }: ModuleRecord): ModuleRequest {
  return { ...requireRequest("node:buffer"), line: 0, kind: format === "esm" ? "import" : "require" };
}

/** Whether a request is that one, and not the module's own. */
export function isBufferRequest({ specifier, line }: ModuleRequest): boolean {
  return line === 0 && specifier === "node:buffer";
}

/** `util.types`: a member of another module. */
function partRecord(partOf: string): Pick<ModuleRecord, "code" | "requests" | "forwards"> {
  const [name = partOf, member] = partOf.split(".");
  const code = `module.exports = require("node:${name}")${member === undefined ? "" : `.${member}`};`;
  return { code, requests: [requireRequest(`node:${name}`)], forwards: member === undefined ? [0] : [] };
}

function codeOf(name: string, source: BuiltinSource, chain: readonly string[]): string {
  const { unavailable, rejects } = source;
  const polyfill = polyfillSpecifier(source);
  const description: BuiltinDescription = {
    name,
    ...(polyfill === undefined ? {} : { polyfill }),
    ...(unavailable === undefined ? {} : { unavailable, importer: chain.at(-1) ?? "", chain }),
    ...(rejects === undefined ? {} : { rejects }),
  };
  const parts = builtinParts(name);
  const values = [JSON.stringify(description), "require", ...(parts === undefined ? [] : [String(parts)])];
  return `module.exports = __raya.createBuiltin(${values.join(", ")});`;
}

/** `readable-stream/lib/stream.js`: the package and the path in it, without the range, which is the lockfile's. */
function polyfillSpecifier({ polyfill }: BuiltinSource): string | undefined {
  return polyfill?.replace(/(.)@[^/]*/, "$1");
}

function requireRequest(specifier: string): ModuleRequest {
  return { specifier, kind: "require", line: 1, column: 1 };
}

function quote(text: string): string {
  return JSON.stringify(text);
}

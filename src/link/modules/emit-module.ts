import { INJECTED_NAMES, RELOCATION_STRIDE } from "../../artifact/module-record.ts";
import { resolvedAddress } from "../image/resolved-address.ts";
import { quote, type Reference, shownName, type SpliceContext, spliceRange } from "../image/splice-module.ts";
import type { LinkedModule } from "../linked-module.ts";
import { wasmGlobalOf } from "./emit-wasm.ts";

/** How modules write addresses of others. */
export interface EmitContext {
  readonly mode: string;
  /** URL of the ES module that has the exports of a module: its own, or that of a facade. */
  importUrl(module: LinkedModule, nodeMode: boolean): string;
  /** URL of the ES module that has a module's namespace as `*`; undefined where the engine's own will do. */
  namespaceUrl(module: LinkedModule, nodeMode: boolean): string | undefined;
}

/** An ES module of its own, as near to its source as its record is: every specifier a URL, every line in its place. */
export function emitModule(module: LinkedModule, context: EmitContext): string {
  const { record, url } = module;
  const lines = new LineKeeper(record.lines);
  lines.text(emitImports(module, context) + emitInjected(module) + emitFunctionNames(module));
  const splice: SpliceContext = {
    mode: context.mode,
    plainName: () => undefined,
    reference: (_, symbol) => referenceTo(module, symbol),
    member: () => undefined,
    resolved: resolvedAddress,
  };
  spliceRange(module, 0, record.code.length, 0, record.relocations.length / RELOCATION_STRIDE, splice, lines);
  lines.text(emitExports(module));
  return `${lines.toString()}\n//# sourceURL=${url}`;
}

/** A global of WebAssembly is read from its namespace whenever it is used: the engine's own binding would not change. */
function referenceTo(module: LinkedModule, symbol: number): Reference {
  const { name = "" } = module.record.symbols[symbol] ?? {};
  const global = wasmGlobalOf(module, symbol);
  return global === undefined
    ? { text: name, isMember: false }
    : { text: `${name}[${quote(global.name)}]`, isMember: true };
}

/** Puts lines that compiling has left out back as empty ones, so that positions in errors are those of the source. */
export class LineKeeper {
  readonly #lines: readonly number[];
  readonly #pieces: string[] = [];
  /** Of the code, from 0. */
  #codeLine = 0;
  /** Of what has been written, from 1. */
  #line = 1;

  constructor(lines: readonly number[]) {
    this.#lines = lines;
    this.#pad();
  }

  text(text: string): void {
    this.#pieces.push(text);
  }

  slice({ record }: LinkedModule, from: number, to: number): void {
    let at = from;
    for (let end = record.code.indexOf("\n", at); end !== -1 && end < to; end = record.code.indexOf("\n", at)) {
      this.#pieces.push(record.code.slice(at, end + 1));
      at = end + 1;
      this.#codeLine++;
      this.#line++;
      this.#pad();
    }
    this.#pieces.push(record.code.slice(at, to));
  }

  #pad(): void {
    const missing = (this.#lines[this.#codeLine] ?? 0) - this.#line;
    // A string that goes on in the next line must not be torn.
    if (missing <= 0 || this.#pieces.at(-1)?.endsWith("\\\n") === true) return;
    this.#pieces.push("\n".repeat(missing));
    this.#line += missing;
  }

  toString(): string {
    return this.#pieces.join("");
  }
}

function emitImports(module: LinkedModule, context: EmitContext): string {
  const { record, targets, input } = module;
  const statements: string[] = [];
  // In the order of evaluation, whatever is imported from them.
  for (const [index, { kind }] of record.requests.entries()) {
    const target = targets[index];
    if (kind === "import" && target !== undefined) statements.push(`import ${addressOf(target, module, context)};`);
  }
  for (const [symbol, { name, request, imported = "*" }] of record.symbols.entries()) {
    const target = request === undefined ? undefined : targets[request];
    if (target === undefined) continue;
    const global = wasmGlobalOf(module, symbol);
    statements.push(emitImport(name, global === undefined ? imported : "*", global?.module ?? target, module, context));
  }
  for (const { name, request, imported } of record.reexports) {
    const target = targets[request];
    if (target === undefined) continue;
    const namespace = imported === "*" ? context.namespaceUrl(target, input.nodeMode) : undefined;
    if (namespace !== undefined) statements.push(`export { "*" as ${quote(name)} } from ${quote(namespace)};`);
    else if (imported === "*")
      statements.push(`export * as ${quote(name)} from ${addressOf(target, module, context)};`);
    else statements.push(`export { ${quote(imported)} as ${quote(name)} } from ${addressOf(target, module, context)};`);
  }
  for (const star of record.stars) {
    const target = targets[star];
    if (target !== undefined) statements.push(`export * from ${addressOf(target, module, context)};`);
  }
  return statements.join(" ");
}

function emitImport(
  name: string,
  imported: string,
  target: LinkedModule,
  module: LinkedModule,
  context: EmitContext,
): string {
  if (imported === "*source*") return `import ${name} from ${addressOf(target, module, context)};`;
  if (imported !== "*") return `import { ${quote(imported)} as ${name} } from ${addressOf(target, module, context)};`;
  const namespace = context.namespaceUrl(target, module.input.nodeMode);
  return namespace === undefined
    ? `import * as ${name} from ${addressOf(target, module, context)};`
    : `import { "*" as ${name} } from ${quote(namespace)};`;
}

function addressOf(target: LinkedModule, module: LinkedModule, context: EmitContext): string {
  return quote(context.importUrl(target, module.input.nodeMode));
}

/** Free names that browsers lack. */
function emitInjected({ record }: LinkedModule): string {
  return INJECTED_NAMES.filter((name) => record.globals.includes(name))
    .map((name) => `const ${name} = __raya.globals.${name};`)
    .join("");
}

/** Functions that had no name are called "default". */
function emitFunctionNames(module: LinkedModule): string {
  return module.record.symbols
    .flatMap(({ kind, name }, symbol) => {
      const shown = shownName(module, symbol);
      return kind === "function" && shown !== name ? [`__raya.name(${name}, ${quote(shown)});`] : [];
    })
    .join("");
}

function emitExports({ record }: LinkedModule): string {
  const names = record.exports.map(({ name, symbol }) => `${record.symbols[symbol]?.name ?? ""} as ${quote(name)}`);
  return names.length === 0 ? "" : `export { ${names.join(", ")} };`;
}

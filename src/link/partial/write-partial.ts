import type { ModuleRecord, ModuleRequest, NodeEnvGuard } from "../../artifact/module-record.ts";
import { MODULE_FORMATS, REQUEST_KINDS, REQUEST_PHASES, SYMBOL_KINDS } from "../../artifact/rbin-format.ts";
import { join } from "../../artifact/write-rbin.ts";
import { BoundModules } from "../bound-modules.ts";
import type { Binding, LinkedModule } from "../linked-module.ts";
import type { GraphModule, ModuleGraph, RequestTarget } from "../module-graph.ts";
import { closedModules, entriesOf } from "./closed-modules.ts";
import {
  BINDING,
  DIRECT,
  FORMAT_BITS,
  HEAD,
  MAGIC,
  NO_PACKAGE,
  type PartialPackage,
  type PartialReference,
  TABLE_NAMES,
  type TableName,
  TARGET,
} from "./partial-format.ts";

/** What a partial link is made of, beside the modules. */
export interface PartialInput {
  readonly inputs: string;
  readonly base: string;
  readonly packages: readonly PartialPackage[];
}

/**
 * Links the modules of packages that a program reaches partially, as `ld -r` does: they become one object, in which what they
 * ask each other for is decided, and which can still be linked with anything else.
 * @returns undefined where there are none
 */
export function writePartial(graph: ModuleGraph, input: PartialInput): Uint8Array<ArrayBuffer> | undefined {
  const modules = closedModules(graph);
  if (modules.length === 0) return undefined;
  return new PartialWriter(modules, input).write(graph);
}

class PartialWriter {
  readonly #modules: readonly GraphModule[];
  readonly #input: PartialInput;
  readonly #bound = new BoundModules();
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #packages: ReadonlyMap<string, number>;
  readonly #tables = Object.fromEntries(TABLE_NAMES.map((name) => [name, [] as number[]])) as Record<
    TableName,
    number[]
  >;
  /** For every module, and after the last, how many rows each table has. */
  readonly #starts: number[] = [];
  readonly #rows = new Map<TableName, number>();
  readonly #strings = new Map<string, number>();
  readonly #others: PartialReference[] = [];
  readonly #ascii: string[] = [];
  readonly #other: Uint8Array[] = [];
  #asciiLength = 0;
  #otherLength = 0;

  constructor(modules: readonly GraphModule[], input: PartialInput) {
    this.#modules = modules;
    this.#input = input;
    this.#indexes = new Map(modules.map(({ url }, index) => [url, index]));
    this.#packages = new Map(input.packages.map(({ key }, index) => [key, index]));
  }

  write(graph: ModuleGraph): Uint8Array<ArrayBuffer> {
    const linked = new Map(this.#bound.add(this.#modules).map((module) => [module.url, module]));
    for (const module of this.#modules) {
      this.#mark();
      this.#module(module, linked.get(module.url));
    }
    this.#mark();
    return this.#join(entriesOf(graph, this.#indexes, this.#input.base));
  }

  #mark(): void {
    for (const name of TABLE_NAMES) this.#starts.push(this.#rows.get(name) ?? 0);
  }

  #row(table: TableName, ...numbers: number[]): void {
    this.#tables[table].push(...numbers);
    this.#rows.set(table, (this.#rows.get(table) ?? 0) + 1);
  }

  #string(text: string): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    this.#strings.set(text, this.#strings.size);
    return this.#strings.size - 1;
  }

  /** One more than the number of a string; 0 where there is none. */
  #optional(text: string | undefined): number {
    return text === undefined ? 0 : this.#string(text) + 1;
  }

  #module(module: GraphModule, linked: LinkedModule | undefined): void {
    const { record, owner } = module;
    const packed = isLoadedAnew(module) || owner.kind !== "package" ? undefined : this.#packages.get(owner.key);
    if (packed === undefined || linked === undefined) return this.#reference(module);
    const [placed, codeStart] = this.#code(record.code);
    const format = MODULE_FORMATS.indexOf(record.format);
    const bits = format | (module.nodeMode ? FORMAT_BITS.nodeMode : 0) | placed;
    const codeLength = placed === FORMAT_BITS.ascii ? record.code.length : this.#otherLength - codeStart;
    this.#row("modules", packed, this.#string(module.path), bits, record.flags, codeStart, codeLength);
    for (const [index, request] of record.requests.entries()) this.#request(request, module.targets[index]);
    for (let symbol = 0; symbol < record.symbols.length; symbol++) this.#symbol(symbol, linked);
    this.#record(record);
    if (record.stars.length + record.reexports.length > 0) this.#barrel(linked);
  }

  #barrel(module: LinkedModule): void {
    for (const name of this.#bound.binder.exportNames(module)) {
      const [binding, value] = this.#binding(this.#bound.binder.resolve(module, name), undefined, name);
      const next = this.#bound.binder.nextOf(module, name);
      const place = next === undefined ? 0 : (this.#indexes.get(next.module.url) ?? -1) + 1;
      this.#row("barrel", this.#string(name), binding, value, place, this.#string(next?.name ?? ""));
    }
  }

  /** A module that is loaded as if it were new: what it is depends on more than the packages. */
  #reference({ url, owner, path, type }: GraphModule): void {
    this.#row("modules", NO_PACKAGE, this.#others.length, 0, 0, 0, 0);
    const shortened = url.slice(this.#input.base.length);
    this.#others.push({ url: shortened, owner, path, ...(type === undefined ? {} : { type }) });
  }

  #code(code: string): [bits: number, start: number] {
    if (isAscii(code)) {
      this.#ascii.push(code);
      this.#asciiLength += code.length;
      return [FORMAT_BITS.ascii, this.#asciiLength - code.length];
    }
    const bytes = new TextEncoder().encode(code);
    this.#other.push(bytes);
    this.#otherLength += bytes.length;
    return [0, this.#otherLength - bytes.length];
  }

  #request(
    { specifier, kind, phase, line, column, type, guard }: ModuleRequest,
    target: RequestTarget | undefined,
  ): void {
    const how = REQUEST_KINDS.indexOf(kind) | (REQUEST_PHASES.indexOf(phase) << 4);
    const [leads, value] = this.#target(target);
    const guarded = guard === undefined ? 0 : this.#guard(guard);
    this.#row("requests", this.#string(specifier), how, line, column, this.#optional(type), guarded, leads, value);
  }

  #guard({ value, equals }: NodeEnvGuard): number {
    return equals ? this.#string(value) + 1 : -(this.#string(value) + 1);
  }

  #target(target: RequestTarget | undefined): [kind: number, value: number] {
    if (target?.kind === "module") return [TARGET.module, this.#indexes.get(target.url) ?? 0];
    if (target?.kind === "address") return [TARGET.address, this.#string(target.url)];
    if (target?.kind === "failed") return [TARGET.failed, this.#string(JSON.stringify(target.error.toJSON()))];
    return [TARGET.later, 0];
  }

  #symbol(symbol: number, module: LinkedModule): void {
    const found = module.record.symbols[symbol];
    if (found === undefined) return;
    const { name, kind, flags, request = -1, imported, aliasOf = -1 } = found;
    const [binding, value] = this.#binding(module.bindings[symbol], module.targets[request], imported);
    const own = [this.#string(name), SYMBOL_KINDS.indexOf(kind), flags, request + 1, this.#optional(imported)] as const;
    this.#row("symbols", ...own, aliasOf + 1, binding, value);
  }

  #binding(
    binding: Binding | undefined,
    target: LinkedModule | undefined,
    imported: string | undefined,
  ): [bits: number, value: number] {
    if (binding === undefined) return [BINDING.none, 0];
    if (!("module" in binding)) return [BINDING[binding.kind], 0];
    const module = (this.#indexes.get(binding.module.url) ?? 0) << 4;
    if (binding.kind === "member") return [BINDING.member | module, this.#string(binding.name)];
    // Modules that know of a deferred one are not closed.
    if (binding.kind !== "symbol") return [BINDING.namespace | module, 0];
    const isDirect = binding.module === target && target.isEsm && target.ownExports.has(imported ?? "*");
    return [BINDING.symbol | (isDirect ? DIRECT : 0) | module, binding.symbol];
  }

  #record(record: ModuleRecord): void {
    for (const { name, symbol } of record.exports) this.#row("exports", this.#string(name), symbol);
    for (const { name, request, imported } of record.reexports)
      this.#row("reexports", this.#string(name), request, this.#string(imported));
    for (const star of record.stars) this.#row("stars", star);
    for (const forward of record.forwards) this.#row("forwards", forward);
    for (const table of ["names", "nested", "globals", "strings"] as const)
      for (const text of record[table]) this.#row(table, this.#string(text));
    for (const name of record.nested) if (name.includes("$")) this.#row("dollars", this.#string(name));
    for (const { value, equals } of record.guards) this.#row("guards", this.#string(value), equals ? 1 : 0);
    for (const table of ["parts", "relocations"] as const) this.#rowsOf(table, record[table], 5);
    this.#rowsOf("declares", record.declares, 1);
    for (const [line, count] of runsOf(record.lines)) this.#row("lines", line, count);
  }

  #rowsOf(table: TableName, numbers: ArrayLike<number>, width: number): void {
    const into = this.#tables[table];
    for (let at = 0; at < numbers.length; at++) into.push(numbers[at] ?? 0);
    this.#rows.set(table, (this.#rows.get(table) ?? 0) + numbers.length / width);
  }

  #join(entries: Readonly<Record<string, number>>): Uint8Array<ArrayBuffer> {
    const { inputs } = this.#input;
    const packages = this.#input.packages.map(({ key, name, version, archiveSize, archiveSha256, integrity }) => ({
      key,
      name,
      version,
      archiveSize,
      archiveSha256,
      integrity,
    }));
    const encoder = new TextEncoder();
    const about = encoder.encode(JSON.stringify({ inputs, packages, others: this.#others, entries }));
    const texts = [...this.#strings.keys()];
    const strings = encoder.encode(texts.join(""));
    const ascii = encoder.encode(this.#ascii.join(""));
    const head: number[] = [];
    head[HEAD.magic] = MAGIC;
    head[HEAD.about] = about.length;
    head[HEAD.strings] = strings.length;
    head[HEAD.ascii] = ascii.length;
    head[HEAD.other] = this.#otherLength;
    head[HEAD.modules] = this.#modules.length;
    head[HEAD.stringCount] = texts.length;
    for (const [index, name] of TABLE_NAMES.entries()) head[HEAD.rows + index] = this.#rows.get(name) ?? 0;
    let end = 0;
    const ends = texts.map((text) => (end += text.length));
    const numbers = [head, this.#starts, ends, ...TABLE_NAMES.map((name) => this.#tables[name])].map(toBytes);
    return join([...numbers, about, strings, ascii, ...this.#other]);
  }
}

/** Modules whose records are made of more than their package: of who imports them, of the file's own bytes. */
function isLoadedAnew({ owner, type, record }: GraphModule): boolean {
  return owner.kind !== "package" || type !== undefined || record.format === "wasm";
}

function toBytes(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(numbers).buffer);
}

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the control characters are part of ASCII
  return /^[\0-\x7f]*$/.test(text);
}

/** Lines that follow one another: the first, and how many. */
function runsOf(lines: readonly number[]): [line: number, count: number][] {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === line) last[1]++;
    else runs.push([line, 1]);
  }
  return runs;
}

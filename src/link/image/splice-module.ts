import { PART, PART_STRIDE, RELOCATION, RELOCATION_STRIDE } from "../../artifact/module-record.ts";
import { holds, type LinkedModule } from "../linked-module.ts";
import { lastInside } from "./part-ranges.ts";

/** What stands for a binding in an image: an identifier, or a member expression. */
export interface Reference {
  readonly text: string;
  readonly isMember: boolean;
}

/** What a splice needs to know beside the module. */
export interface SpliceContext {
  readonly mode: string;
  /** What a symbol's references become, where that is a name; undefined where it is not, or has to be found out. */
  plainName(module: LinkedModule, symbol: number): string | undefined;
  /** What a symbol's references become. */
  reference(module: LinkedModule, symbol: number): Reference;
  /** What `x.property` becomes where symbol `x` is a namespace; undefined where `x` is something else. */
  member(module: LinkedModule, symbol: number, property: string): Reference | undefined;
  /** The address that a `resolve` request gives, or an expression that throws. */
  resolved(module: LinkedModule, request: number): string;
}

/** Receives the pieces of an image. */
export interface PieceSink {
  /** Text that the linker makes; has no place in a source. */
  text(text: string): void;
  /** `code` of a module from an offset on, up to another. */
  slice(module: LinkedModule, from: number, to: number): void;
}

/** Writes the parts of a module that `image` has, with every relocation applied. */
export function spliceParts(module: LinkedModule, image: number, context: SpliceContext, sink: PieceSink): void {
  const { parts } = module.record;
  let start = 0;
  let relocation = 0;
  for (let part = 0, offset = 0; offset < parts.length; part++, offset += PART_STRIDE) {
    const end = parts[offset + PART.end] ?? 0;
    const relocationsEnd = parts[offset + PART.relocationsEnd] ?? 0;
    if (module.partImage[part] === image) spliceRange(module, start, end, relocation, relocationsEnd, context, sink);
    start = end;
    relocation = relocationsEnd;
  }
}

/** Writes a range of a module's code with the relocations from `first` to before `last` applied. */
export function spliceRange(
  module: LinkedModule,
  start: number,
  end: number,
  first: number,
  last: number,
  context: SpliceContext,
  sink: PieceSink,
): void {
  const { relocations } = module.record;
  let at = start;
  for (let index = first; index < last; index++) {
    const offset = index * RELOCATION_STRIDE;
    const position = relocations[offset] ?? 0;
    const kind = relocations[offset + 2] ?? 0;
    const isMember = kind === RELOCATION.member || kind === RELOCATION.memberCallee;
    const member = isMember ? replaceMember(module, kind, offset, context) : undefined;
    const text = isMember ? member?.text : replace(module, kind, offset, context);
    if (text === undefined) continue;
    if (position > at) sink.slice(module, at, position);
    sink.text(text);
    at = position + (member?.length ?? relocations[offset + 1] ?? 0);
    if (kind === RELOCATION.branch) index = lastInside(relocations, index, last);
  }
  if (end > at) sink.slice(module, at, end);
}

/** What takes the place of a member expression; undefined where the text stays. */
interface Replacement {
  readonly text: string;
  /** How much it replaces, where that is not all that the relocation covers. */
  readonly length?: number;
}

function replace(module: LinkedModule, kind: number, offset: number, context: SpliceContext): string | undefined {
  const { relocations } = module.record;
  const a = relocations[offset + 3] ?? 0;
  if (kind <= RELOCATION.callee) return replaceReference(module, kind, a, context);
  if (kind === RELOCATION.dynamicImport) return importFunction(module, offset);
  return replaceOther(module, kind, a, relocations[offset + 4] ?? 0, context);
}

function replaceOther(
  module: LinkedModule,
  kind: number,
  a: number,
  b: number,
  context: SpliceContext,
): string | undefined {
  const { record } = module;
  switch (kind) {
    case RELOCATION.classStart:
    case RELOCATION.classEnd:
      return replaceClass(module, kind, a, context);
    case RELOCATION.nameStart:
    case RELOCATION.nameEnd:
      return replaceName(module, kind, a, context);
    case RELOCATION.branch: {
      const guard = record.guards[a];
      return guard === undefined || holds(guard, context.mode) ? undefined : b === 0 ? "{}" : "void 0";
    }
    case RELOCATION.assignImport:
      return constant(module, a, context);
    case RELOCATION.assignImportShorthand:
      return `${module.nameOf(a)}: ${constant(module, a, context)}`;
    case RELOCATION.resolve:
      return context.resolved(module, a);
    case RELOCATION.require:
      return requireFunction(module, a);
    default:
      return replaceFixed(module, kind, context.mode);
  }
}

/** What stands for `import`, `import.source` or `import.defer`: the text tells, also where the argument is no literal. */
function importFunction({ record, url }: LinkedModule, offset: number): string {
  const [start = 0, length = 0] = record.relocations.slice(offset, offset + 2);
  const text = record.code.slice(start, start + length);
  const phase = /source$|defer$/.exec(text)?.[0] ?? "import";
  return `__raya.${phase}From(${quote(url)})`;
}

/** What stands for the word `require` of a call in an ES module. */
function requireFunction({ record, targets, input, url }: LinkedModule, request: number): string {
  const { specifier = "" } = record.requests[request] ?? {};
  const target = input.targets[request];
  const found = targets[request]?.url ?? (target?.kind === "failed" ? target.error.toJSON() : undefined);
  return `__raya.requireFrom(${quote(found === undefined ? {} : { [specifier]: found })}, ${quote(url)})`;
}

/** A target that can be read, and throws when it is assigned to. */
function constant(module: LinkedModule, symbol: number, context: SpliceContext): string {
  return `__raya.constant(() => ${context.reference(module, symbol).text}, ${quote(module.nameOf(symbol))}).value`;
}

function replaceFixed(module: LinkedModule, kind: number, mode: string): string | undefined {
  const url = quote(module.url);
  switch (kind) {
    case RELOCATION.meta:
      return `__raya.meta(${url})`;
    case RELOCATION.nodeEnv:
      return quote(mode);
    case RELOCATION.topLevelThis:
      return "(void 0)";
    default:
      return undefined;
  }
}

function replaceReference(
  module: LinkedModule,
  kind: number,
  symbol: number,
  context: SpliceContext,
): string | undefined {
  const name = module.nameOf(symbol);
  const plain = context.plainName(module, symbol);
  if (plain === name) return undefined;
  const { text, isMember } = plain === undefined ? context.reference(module, symbol) : { text: plain, isMember: false };
  if (text === name) return undefined;
  // `{ __proto__: x }` would set the prototype, where `{ __proto__ }` makes a property.
  if (kind === RELOCATION.shorthand) return name === "__proto__" ? `["__proto__"]: ${text}` : `${name}: ${text}`;
  return kind === RELOCATION.callee && isMember ? `(0, ${text})` : text;
}

function replaceMember(
  module: LinkedModule,
  kind: number,
  offset: number,
  context: SpliceContext,
): Replacement | undefined {
  const { relocations, strings } = module.record;
  const symbol = relocations[offset + 3] ?? 0;
  const property = strings[relocations[offset + 4] ?? 0] ?? "";
  const found = context.member(module, symbol, property);
  if (found !== undefined)
    return { text: kind === RELOCATION.memberCallee && found.isMember ? `(0, ${found.text})` : found.text };
  const { text } = context.reference(module, symbol);
  const name = module.nameOf(symbol);
  return text === name ? undefined : { text, length: name.length };
}

/** A renamed class keeps its name by becoming an expression. */
function replaceClass(module: LinkedModule, kind: number, symbol: number, context: SpliceContext): string | undefined {
  const { text } = context.reference(module, symbol);
  if (text === module.nameOf(symbol)) return undefined;
  return kind === RELOCATION.classEnd ? ";" : `let ${text} = `;
}

/** An anonymous function that takes the name of what it is assigned to keeps that name. */
function replaceName(module: LinkedModule, kind: number, symbol: number, context: SpliceContext): string | undefined {
  const { text } = context.reference(module, symbol);
  const name = shownName(module, symbol);
  if (text === name) return undefined;
  if (kind === RELOCATION.nameEnd)
    return /^[\w$]+$/.test(name) && name !== "__proto__" ? `}.${name}` : `}[${quote(name)}]`;
  return name === "__proto__" ? `{["__proto__"]: ` : `{${name}: `;
}

const ANONYMOUS_DEFAULT = 2;

/** The `name` that a function or class bound to `symbol` has. */
export function shownName(module: LinkedModule, symbol: number): string {
  return (module.flagsOf(symbol) & ANONYMOUS_DEFAULT) === 0 ? module.nameOf(symbol) : "default";
}

/** A literal of a value of JSON that means the same in a script and in a module. */
export function quote(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

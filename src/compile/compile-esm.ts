import type { ESTree } from "meriyah";
import {
  emptyRecord,
  type ModuleRecord,
  type ModuleSymbol,
  RECORD_FLAGS,
  RELOCATION,
  SYMBOL_FLAGS,
} from "../artifact/module-record.ts";
import { type Annotations, readAnnotations } from "./annotations.ts";
import { CodeWriter, type OnWritten } from "./code-writer.ts";
import { defaultName } from "./default-name.ts";
import { ModuleInterface } from "./module-interface.ts";
import { ModuleWalk } from "./module-walk.ts";
import { NODE_HANDLERS } from "./node-handlers.ts";
import { type FoundPart, PartList } from "./part-list.ts";
import { PartPurity } from "./part-purity.ts";
import type { ParsedModule } from "./parse-module.ts";
import { partPurity } from "./purity.ts";
import { RelocationWriter } from "./relocation-writer.ts";
import { SourceEdits } from "./source-edits.ts";
import { startOf } from "./syntax-tree.ts";

/** Makes the record of an ES module. */
export function compileEsm(source: string, parsed: ParsedModule, path: string, onWritten?: OnWritten): ModuleRecord {
  const { tree, comments } = parsed;
  const walk = new ModuleWalk(source, new SourceEdits(), NODE_HANDLERS);
  const declared = new ModuleInterface(tree.body, walk);
  const parts = new PartList(tree.body, walk, declared.defaultSymbol);
  nameDefault(walk, declared.defaultSymbol, path);
  const annotations = readAnnotations(source, comments);
  markPureFunctions(parts.list, walk, annotations);
  const { requests, indices } = walk.requests.finish(source);
  const writer = new CodeWriter(source, comments, walk.edits);
  const written = writeParts(parts.list, walk, writer, annotations, declared.defaultSymbol, indices);
  onWritten?.(writer.written(path));
  const request = (index: number): number => indices[index] ?? 0;
  const exports = declared.localExports();
  const symbols = walk.symbols.finish(indices);
  return {
    ...emptyRecord(path, "esm"),
    flags: walk.flags | (tree.body.some(isUsing) ? RECORD_FLAGS.disposes : 0),
    ...written,
    requests,
    symbols,
    exports,
    reexports: declared.reexports.map((reexport) => ({ ...reexport, request: request(reexport.request) })),
    stars: declared.stars.map(request),
    nested: capturingNames(walk.names.nested(), symbols),
    globals: walk.names.free(),
    guards: walk.guards.list,
    strings: [...walk.properties.keys()],
  };
}

/** What names the linker makes for symbols end with. */
const MADE_NAME = /\$\d+$/;

/**
 * The inner names that can capture something: names of other modules' symbols stand only where there are imports, or an
 * alias; elsewhere a symbol keeps its name, or gets one that the linker makes.
 */
function capturingNames(nested: readonly string[], symbols: readonly ModuleSymbol[]): readonly string[] {
  const hasOthers = symbols.some(({ request, aliasOf }) => request !== undefined || aliasOf !== undefined);
  return hasOthers ? nested : nested.filter((name) => MADE_NAME.test(name));
}

function nameDefault(walk: ModuleWalk, symbol: number, path: string): void {
  const found = walk.symbols.list[symbol];
  if (found !== undefined) found.name = defaultName(path, (name) => walk.names.has(name));
}

/** Flags functions that comments mark with NO_SIDE_EFFECTS, at the statement or at the function. */
function markPureFunctions(parts: readonly FoundPart[], walk: ModuleWalk, { noSideEffects }: Annotations): void {
  if (noSideEffects.size === 0) return;
  for (const { node, declares, statementStart } of parts) {
    const value = functionOf(node);
    const [symbol] = declares;
    if (value === undefined || symbol === undefined) continue;
    const isAssigned = ((walk.symbols.list[symbol]?.flags ?? 0) & SYMBOL_FLAGS.assigned) !== 0;
    const places = [statementStart, startOf(node), startOf(value)];
    if (!isAssigned && places.some((place) => noSideEffects.has(place)))
      walk.symbols.flag(symbol, SYMBOL_FLAGS.pureFunction);
  }
}

/** The function that a part declares. */
function functionOf(node: ESTree.Node): ESTree.Node | undefined {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return node;
    case "VariableDeclarator":
      return node.init === null ? undefined : functionOf(node.init);
    case "VariableDeclaration":
      return node.declarations.length === 1 && node.declarations[0] !== undefined
        ? functionOf(node.declarations[0])
        : undefined;
    default:
      return undefined;
  }
}

type Written = Pick<ModuleRecord, "code" | "lines" | "parts" | "declares" | "relocations">;

function writeParts(
  found: readonly FoundPart[],
  walk: ModuleWalk,
  writer: CodeWriter,
  annotations: Annotations,
  defaultSymbol: number,
  requests: readonly number[],
): Written {
  const relocations = new RelocationWriter(walk, writer, requests);
  const purities = new PartPurity(walk, annotations);
  const parts: number[] = [];
  const declares: number[] = [];
  for (const part of found) {
    const alias = part.nameAt === undefined ? undefined : purities.aliasOf(part.node);
    const symbol = walk.symbols.list[defaultSymbol];
    if (alias !== undefined && symbol !== undefined) symbol.aliasOf = alias;
    const [purity, condition] = partPurity(purities.of(part));
    writePart(part, writer, relocations, defaultSymbol, symbol?.name ?? "");
    declares.push(...part.declares);
    parts.push(writer.code.length, purity, condition, declares.length, relocations.count);
  }
  return { code: writer.code, lines: writer.lines, parts, declares, relocations: relocations.list };
}

function writePart(
  part: FoundPart,
  writer: CodeWriter,
  relocations: RelocationWriter,
  defaultSymbol: number,
  nameOfDefault: string,
): void {
  const { from, to, nameAt } = part;
  if (part.before !== "") writer.text(part.before, from);
  if (nameAt === from) {
    writer.text("const ", from);
    relocations.add(writer.code.length, nameOfDefault.length, RELOCATION.reference, defaultSymbol);
    writer.text(`${nameOfDefault} = `, from);
    writer.copy(from, to);
  } else if (nameAt !== undefined) {
    writer.copy(from, nameAt);
    writer.text(" ", nameAt);
    relocations.add(writer.code.length, nameOfDefault.length, RELOCATION.reference, defaultSymbol);
    writer.text(nameOfDefault, nameAt);
    writer.copy(nameAt, to);
  } else writer.copy(from, to);
  relocations.take(part.relocationsStart, part.relocationsEnd);
  writer.text(part.after, to);
  writer.endLine();
}

function isUsing(statement: ESTree.Program["body"][number]): boolean {
  return statement.type === "VariableDeclaration" && statement.kind.endsWith("using");
}

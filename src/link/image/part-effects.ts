import {
  type Numbers,
  PART,
  PART_STRIDE,
  PURITY,
  RELOCATION,
  RELOCATION_STRIDE,
  SYMBOL_FLAGS,
} from "../../artifact/module-record.ts";
import type { ExportBinder } from "../bind-symbols.ts";
import { type Binding, holds, type LinkedModule } from "../linked-module.ts";
import { declaresFrom, declaresTo, relocationsFrom, relocationsTo } from "./part-ranges.ts";

/** Whether a part does something when it runs, in an image for `mode`. */
export function hasEffect(module: LinkedModule, part: number, mode: string, binder: ExportBinder): boolean {
  const { parts, guards } = module.record;
  const at = part * PART_STRIDE;
  const condition = parts[at + PART.condition] ?? 0;
  switch (parts[at + PART.purity] ?? 0) {
    case PURITY.pure:
      return false;
    case PURITY.unlessCyclic:
      return mayReadTooEarly(module, part, binder);
    case PURITY.ifFunction:
      return mayReadTooEarly(module, part, binder) || !isPureFunction(module, condition);
    case PURITY.ifGuard: {
      const guard = guards[condition];
      return guard === undefined || holds(guard, mode);
    }
    default:
      return true;
  }
}

/** Whether a part refers to an import that only gets its value when a later module has run. */
function mayReadTooEarly(module: LinkedModule, part: number, binder: ExportBinder): boolean {
  if (!module.tainted) return false;
  const { relocations } = module.record;
  const from = relocationsFrom(module.record, part);
  const to = relocationsTo(module.record, part);
  for (let at = from * RELOCATION_STRIDE; at < to * RELOCATION_STRIDE; at += RELOCATION_STRIDE) {
    const kind = relocations[at + 2] ?? 0;
    const symbol = relocations[at + 3] ?? 0;
    if (kind > RELOCATION.memberCallee || module.bindings[symbol] === undefined) continue;
    const property = module.record.strings[relocations[at + 4] ?? 0] ?? "";
    const isMember = kind === RELOCATION.member || kind === RELOCATION.memberCallee;
    const binding = isMember ? memberBinding(module, symbol, property, binder) : module.bindings[symbol];
    if (binding !== undefined && !hasValueBefore(module, binding)) return true;
  }
  return false;
}

function isPureFunction(module: LinkedModule, symbol: number): boolean {
  const binding = module.bindings[symbol] ?? { kind: "symbol", module, symbol };
  if (binding.kind !== "symbol") return false;
  const { module: home } = binding;
  return (home.flagsOf(home.canonical(binding.symbol)) & SYMBOL_FLAGS.pureFunction) !== 0;
}

/** Whether an import has its value when the statements of `module` run: modules run one after the other, each of them once. */
function hasValueBefore(module: LinkedModule, binding: Binding): boolean {
  if (!("module" in binding)) return false;
  const { module: home } = binding;
  if (binding.kind === "symbol" && home.kindOf(binding.symbol) === "function") return true;
  return home.order !== -1 && home.order < module.order;
}

/**
 * Whether a later image could not make up for a part: its value may depend on when it runs, because it mentions something
 * that changes.
 */
export function isTimely(module: LinkedModule, part: number): boolean {
  const { record } = module;
  const { relocations, declares } = record;
  const declared = declaresTo(record, part);
  const before = declaresFrom(record, part);
  if (declared === before + 1 && module.kindOf(declares[before] ?? 0) === "function") return false;
  const from = relocationsFrom(record, part);
  const to = relocationsTo(record, part);
  for (let at = from * RELOCATION_STRIDE; at < to * RELOCATION_STRIDE; at += RELOCATION_STRIDE) {
    const kind = relocations[at + 2] ?? 0;
    const symbol = relocations[at + 3] ?? 0;
    if (kind > RELOCATION.memberCallee || isDeclared(declares, before, declared, symbol)) continue;
    if (changes(module.bindings[symbol] ?? { kind: "symbol", module, symbol })) return true;
  }
  return false;
}

function isDeclared(declares: Numbers, from: number, to: number, symbol: number): boolean {
  for (let at = from; at < to; at++) if (declares[at] === symbol) return true;
  return false;
}

/** Whether what it stands for can have another value later: a `var` is undefined first. */
function changes(binding: Binding): boolean {
  if (binding.kind !== "symbol") return true;
  const { module, symbol } = binding;
  return module.kindOf(symbol) === "var" || (module.flagsOf(symbol) & SYMBOL_FLAGS.assigned) !== 0;
}

/** What `x.p` means where `x` is an import: the export `p` if `x` is a namespace, else `x` itself. */
export function memberBinding(module: LinkedModule, symbol: number, property: string, binder: ExportBinder): Binding {
  const binding = module.bindings[symbol] ?? { kind: "symbol", module, symbol };
  if (binding.kind !== "namespace") return binding;
  const found = binder.resolve(binding.module, property);
  return found.kind === "missing" || found.kind === "ambiguous" ? binding : found;
}

import { RECORD_FLAGS } from "../artifact/module-record.ts";
import type { LinkedModule } from "./linked-module.ts";

/** Modules that `module` evaluates before itself, in order. Its targets must be known. */
export function evaluatedFirst(module: LinkedModule): readonly LinkedModule[] {
  return (module.evaluatedFirst ??= findEvaluatedFirst(module));
}

function findEvaluatedFirst(module: LinkedModule): LinkedModule[] {
  const { isEsm, record, targets } = module;
  const found: LinkedModule[] = [];
  if (!isEsm && record.format !== "wasm") return found;
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index];
    if (target === undefined || record.requests[index]?.kind !== "import") continue;
    if (isDeferred(module, index)) found.push(...waitingBelow(target));
    else found.push(target);
  }
  return found;
}

/** Whether what a request of `module` leads to runs when it is first looked at: `import defer`. */
export function isDeferred({ record, targets }: LinkedModule, request: number): boolean {
  const target = targets[request];
  if (record.requests[request]?.phase !== "defer" || target === undefined) return false;
  // Instances that are too large to be made at once cannot be made where something is looked at.
  return !waitingBelow(target).some(({ isEsm }) => !isEsm);
}

/**
 * The modules below one, itself among them, that can only run ahead of it, since they wait (ES
 * `GatherAsynchronousTransitiveDependencies`); what they import runs before them anyway.
 */
function waitingBelow(module: LinkedModule): LinkedModule[] {
  const waiting: LinkedModule[] = [];
  const reached = new Set([module]);
  for (const each of reached) {
    if (each.has(RECORD_FLAGS.topLevelAwait)) {
      waiting.push(each);
      continue;
    }
    for (const [index, target] of each.targets.entries())
      if (target !== undefined && each.record.requests[index]?.kind === "import") reached.add(target);
  }
  return waiting;
}

/** A module of the walk whose imports are being visited. */
interface Visit {
  readonly module: LinkedModule;
  readonly imports: readonly LinkedModule[];
  /** How many of them have been visited. */
  visited: number;
  low: number;
}

/** Walks so far; what an earlier one has left at a module means nothing to the next. */
let walks = 0;

/**
 * The order in which `entry` and what it statically imports are evaluated (ES `InnerModuleEvaluation`: depth first, each
 * after what it imports), without modules that `isDone`. Marks cycles. No recursion: graphs can be deep.
 */
export function evaluationOrder(entry: LinkedModule, isDone: (module: LinkedModule) => boolean): LinkedModule[] {
  const order: LinkedModule[] = [];
  const walk = ++walks;
  /** Members of components that are not closed yet (Tarjan). */
  const pending: LinkedModule[] = [];
  const visits: Visit[] = [];
  let met = 0;

  const begin = (module: LinkedModule): void => {
    module.walk = { of: walk, number: met, isPending: true };
    pending.push(module);
    visits.push({ module, imports: evaluatedFirst(module), visited: 0, low: met++ });
  };

  const close = ({ module, low }: Visit): void => {
    if (low !== module.walk.number) return;
    const from = pending.lastIndexOf(module);
    const members = pending.splice(from);
    for (const member of members) {
      member.walk.isPending = false;
      // The first walk is the one that is run.
      if (member.order === -1) member.cycleRoot = module;
      if (members.length > 1) member.cyclic = true;
    }
  };

  if (!isDone(entry)) begin(entry);
  for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
    const next = visit.imports[visit.visited++];
    if (next === undefined) {
      visits.pop();
      order.push(visit.module);
      close(visit);
      const parent = visits.at(-1);
      if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
    } else if (next === visit.module) visit.module.cyclic = true;
    else if (next.walk.of !== walk) {
      if (!isDone(next)) begin(next);
    } else if (next.walk.isPending) visit.low = Math.min(visit.low, next.walk.number);
  }
  return order;
}

/**
 * Marks what may be seen before it has run: modules in cycles and all that they reach, since a function of a cyclic
 * module can be called before its own imports have been evaluated.
 */
export function markTainted(modules: readonly LinkedModule[]): void {
  const stack = modules.filter(({ cyclic }) => cyclic);
  for (let module = stack.pop(); module !== undefined; module = stack.pop()) {
    if (module.tainted) continue;
    module.tainted = true;
    stack.push(...evaluatedFirst(module));
  }
}

/**
 * Marks modules that wait: those with top-level await, and those that import them (ES `[[AsyncEvaluationOrder]]`).
 * @param order modules in order of evaluation
 */
export function markAsync(order: readonly LinkedModule[]): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const module of order) {
      if (module.async || !(module.has(RECORD_FLAGS.topLevelAwait) || evaluatedFirst(module).some(isAsync))) continue;
      module.async = true;
      changed = true;
    }
  }
}

function isAsync({ async }: LinkedModule): boolean {
  return async;
}

/**
 * Whether running modules one after the other, each awaited, is what evaluation does: from the first that waits on, every
 * one has to wait for the one before it. Otherwise those that wait run side by side.
 */
export function isSequential(order: readonly LinkedModule[]): boolean {
  const first = order.findIndex(isAsync);
  if (first === -1) return true;
  for (let index = first; index < order.length; index++) {
    const module = order[index];
    const before = order[index - 1];
    if (module === undefined || module.cyclic) return false;
    if (index > first && before !== undefined && !evaluatedFirst(module).includes(before)) return false;
  }
  return true;
}

/** What an asynchronous module waits for: asynchronous modules that it imports, or the roots of their cycles. */
export function waitsFor(module: LinkedModule): LinkedModule[] {
  const found = new Set<LinkedModule>();
  for (const dependency of evaluatedFirst(module)) {
    // One further up in the same walk has not begun to wait for anything.
    if (!dependency.async || dependency.order >= module.order) continue;
    found.add(dependency.cycleRoot === module.cycleRoot ? dependency : dependency.cycleRoot);
  }
  return [...found];
}

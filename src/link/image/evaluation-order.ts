import type { LinkedModule } from "./linked-module.ts";

/** Modules that `module` evaluates before itself, in order. */
export function* evaluatedFirst(module: LinkedModule): Generator<LinkedModule> {
  if (!module.isEsm && module.record.format !== "wasm") return;
  for (const [index, request] of module.record.requests.entries()) {
    if (request.kind !== "import" || request.phase === "source") continue;
    const target = module.targets[index];
    if (target !== undefined) yield target;
  }
}

/** A module of the walk whose imports are being visited. */
interface Visit {
  readonly module: LinkedModule;
  readonly rest: Iterator<LinkedModule>;
  low: number;
}

/**
 * The order in which `entry` and what it statically imports are evaluated (ES `InnerModuleEvaluation`: depth first, each
 * after what it imports), without modules that `isDone`. Marks cycles. No recursion: graphs can be deep.
 */
export function evaluationOrder(entry: LinkedModule, isDone: (module: LinkedModule) => boolean): LinkedModule[] {
  const order: LinkedModule[] = [];
  const numbers = new Map<LinkedModule, number>();
  /** Members of components that are not closed yet (Tarjan). */
  const pending: LinkedModule[] = [];
  const isPending = new Set<LinkedModule>();
  const visits: Visit[] = [];

  const begin = (module: LinkedModule): void => {
    numbers.set(module, numbers.size);
    pending.push(module);
    isPending.add(module);
    visits.push({ module, rest: evaluatedFirst(module), low: numbers.size - 1 });
  };

  const close = ({ module, low }: Visit): void => {
    if (low !== numbers.get(module)) return;
    const from = pending.lastIndexOf(module);
    const members = pending.splice(from);
    for (const member of members) {
      isPending.delete(member);
      if (members.length > 1) member.cyclic = true;
    }
  };

  if (!isDone(entry)) begin(entry);
  for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
    const next = visit.rest.next();
    if (next.done === true) {
      visits.pop();
      order.push(visit.module);
      close(visit);
      const parent = visits.at(-1);
      if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
    } else if (next.value === visit.module) visit.module.cyclic = true;
    else if (isPending.has(next.value)) visit.low = Math.min(visit.low, numbers.get(next.value) ?? 0);
    else if (!numbers.has(next.value) && !isDone(next.value)) begin(next.value);
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

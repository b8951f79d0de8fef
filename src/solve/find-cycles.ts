import type { GraphEdge, GraphNode } from "./graph-node.ts";

/** A node on the way of the search: what it still has to look at, and the earliest node that it can get back to. */
interface Step {
  readonly node: GraphNode;
  readonly rest: Iterator<GraphEdge>;
  readonly index: number;
  earliest: number;
}

/**
 * Groups of packages that all depend on each other, by whatever way, and packages that depend on themselves (Tarjan's
 * algorithm, without recursion). Folders of the project are never in one.
 */
export function findCycles(nodes: readonly GraphNode[]): GraphNode[][] {
  const search = new CycleSearch();
  for (const node of nodes) search.from(node);
  return search.cycles;
}

class CycleSearch {
  readonly cycles: GraphNode[][] = [];
  readonly #indexes = new Map<GraphNode, number>();
  readonly #open: GraphNode[] = [];
  readonly #isOpen = new Set<GraphNode>();

  from(start: GraphNode): void {
    if (this.#indexes.has(start)) return;
    const path = [this.#enter(start)];
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.rest.next();
      if (next.done === true) {
        path.pop();
        this.#leave(step, path.at(-1));
        continue;
      }
      const { asked, to } = next.value;
      if (asked.peer) continue;
      const index = this.#indexes.get(to);
      if (index === undefined) path.push(this.#enter(to));
      else if (this.#isOpen.has(to)) step.earliest = Math.min(step.earliest, index);
    }
  }

  #enter(node: GraphNode): Step {
    const index = this.#indexes.size;
    this.#indexes.set(node, index);
    this.#open.push(node);
    this.#isOpen.add(node);
    return { node, rest: node.edges.values(), index, earliest: index };
  }

  #leave(step: Step, above: Step | undefined): void {
    if (above !== undefined) above.earliest = Math.min(above.earliest, step.earliest);
    if (step.earliest !== step.index) return;
    if (this.#open.at(-1) === step.node) {
      this.#open.pop();
      this.#isOpen.delete(step.node);
      if (dependsOnItself(step.node) && !step.node.isFolder) this.cycles.push([step.node]);
      return;
    }
    const group = this.#open.splice(this.#open.lastIndexOf(step.node));
    for (const node of group) this.#isOpen.delete(node);
    if (!group.some((node) => node.isFolder)) this.cycles.push(group);
  }
}

function dependsOnItself(node: GraphNode): boolean {
  for (const { to } of node.edges.values()) if (to === node) return true;
  return false;
}

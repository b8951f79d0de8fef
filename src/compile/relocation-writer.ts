import { RELOCATION, RELOCATION_STRIDE } from "../artifact/module-record.ts";
import type { CodeWriter } from "./code-writer.ts";
import type { ModuleWalk } from "./module-walk.ts";

const OF_REQUESTS: ReadonlySet<number> = new Set([RELOCATION.dynamicImport, RELOCATION.resolve, RELOCATION.require]);
const OF_NAMES: ReadonlySet<number> = new Set([
  RELOCATION.reference,
  RELOCATION.shorthand,
  RELOCATION.callee,
  RELOCATION.assignImport,
  RELOCATION.assignImportShorthand,
]);

/** Turns the relocations of a walk, at offsets of the source, into those of a record, at offsets of its code. */
export class RelocationWriter {
  readonly list: number[] = [];
  readonly #walk: ModuleWalk;
  readonly #writer: CodeWriter;
  /** Where each request of the walk ended up. */
  readonly #requests: readonly number[];

  constructor(walk: ModuleWalk, writer: CodeWriter, requests: readonly number[]) {
    this.#walk = walk;
    this.#writer = writer;
    this.#requests = requests;
  }

  get count(): number {
    return this.list.length / RELOCATION_STRIDE;
  }

  add(at: number, length: number, kind: number, a: number, b = 0): void {
    this.list.push(at, length, kind, a, b);
  }

  /** Takes the walk's relocations of a range that has been written. */
  take(from: number, to: number): void {
    const { relocations, symbols } = this.#walk;
    for (let at = from; at < to; at += RELOCATION_STRIDE) {
      const start = relocations[at] ?? 0;
      const end = relocations[at + 1] ?? 0;
      const kind = relocations[at + 2] ?? 0;
      const a = relocations[at + 3] ?? 0;
      const b = relocations[at + 4] ?? 0;
      // What ends something stands behind its last character, however much is left out behind that.
      const isEnd = kind === RELOCATION.classEnd || kind === RELOCATION.nameEnd;
      const position = isEnd ? this.#writer.offsetOf(start - 1) + 1 : this.#writer.offsetOf(start);
      const nameLength = OF_NAMES.has(kind) ? symbols.list[a]?.name.length : undefined;
      const length = nameLength ?? (start === end ? 0 : this.#writer.offsetOf(end - 1) + 1 - position);
      this.add(position, length, kind, OF_REQUESTS.has(kind) && a >= 0 ? (this.#requests[a] ?? 0) : a, b);
    }
  }
}

import type { ModuleRequest, NodeEnvGuard, RequestKind } from "../artifact/module-record.ts";

/** A request as the walk finds it. */
export interface FoundRequest {
  readonly specifier: string;
  readonly kind: RequestKind;
  readonly type?: string | undefined;
  readonly mode?: string | undefined;
  readonly phase?: "source" | "defer" | undefined;
  readonly guard?: NodeEnvGuard | undefined;
  /** Of the specifier in the source. */
  readonly offset: number;
}

/** The requests of a module, each different one once. */
export class RequestList {
  readonly #found: FoundRequest[] = [];
  readonly #known = new Map<string, number>();

  /** The index of the request until `finish` sorts them. */
  add(request: FoundRequest): number {
    const { specifier, kind, type, mode, phase, guard } = request;
    const key = JSON.stringify([kind, specifier, type, mode, phase, guard?.value, guard?.equals]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.#found.length);
    return this.#found.push(request) - 1;
  }

  /** The requests in source order, and for each index that `add` gave the one it has there. */
  finish(source: string): { requests: ModuleRequest[]; indices: number[] } {
    const order = this.#found.map((_, index) => index);
    order.sort((a, b) => (this.#found[a]?.offset ?? 0) - (this.#found[b]?.offset ?? 0));
    const indices: number[] = [];
    const requests: ModuleRequest[] = [];
    let line = 1;
    let lineStart = 0;
    for (const index of order) {
      const found = this.#found[index];
      if (found === undefined) continue;
      for (let end = source.indexOf("\n", lineStart); end !== -1 && end < found.offset;) {
        line++;
        lineStart = end + 1;
        end = source.indexOf("\n", lineStart);
      }
      indices[index] = requests.length;
      requests.push(finishRequest(found, line, found.offset - lineStart + 1));
    }
    return { requests, indices };
  }
}

function finishRequest(
  { specifier, kind, type, mode, phase, guard }: FoundRequest,
  line: number,
  column: number,
): ModuleRequest {
  return {
    specifier,
    kind,
    ...(type === undefined ? {} : { type }),
    ...(mode === undefined ? {} : { mode }),
    ...(phase === undefined ? {} : { phase }),
    line,
    column,
    ...(guard === undefined ? {} : { guard }),
  };
}

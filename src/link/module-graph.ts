import type { ModuleRecord, RequestKind } from "../artifact/module-record.ts";
import type { LoaderError } from "../errors.ts";
import type { PartialPlace } from "./partial/partial-link.ts";
import type { SourceProblem } from "./source-problem.ts";

/** Who a module belongs to. */
export type ModuleOwner =
  | { readonly kind: "project" }
  | { readonly kind: "url" }
  /** `key` is `name@version`. */
  | { readonly kind: "package"; readonly key: string }
  /** A module of Node, without `node:`; `importer` is the owner's key where each has one of its own. */
  | { readonly kind: "builtin"; readonly name: string; readonly importer?: string }
  /** What `"browser": { "x": false }` stands for. */
  | { readonly kind: "empty" };

/** Names a module before it is loaded. */
export interface ModuleReference {
  /** Its identity. */
  readonly url: string;
  readonly owner: ModuleOwner;
  /** Path inside the owner. */
  readonly path: string;
  /** `type` of the import attributes, where it makes another module of the same file: `css`, `text`, `bytes`, `source`. */
  readonly type?: string;
  /** Where it is taken from, if that is a partial link: what it asks for is known then. */
  readonly partial?: PartialPlace;
}

/** Where a request of a module leads. */
export type RequestTarget =
  | { readonly kind: "module"; readonly url: string }
  /** The answer of `import.meta.resolve`. */
  | { readonly kind: "address"; readonly url: string }
  /** It failed; matters only if the request is made. */
  | { readonly kind: "failed"; readonly error: LoaderError }
  /** Never made: a branch for another NODE_ENV, or an `import()` that is answered when it is called. */
  | { readonly kind: "later" };

/** A module that is wanted, and by whom. */
export interface Wanted {
  readonly reference: ModuleReference;
  readonly via: GraphModule["via"];
}

/** A loaded module with its edges. */
export interface GraphModule extends ModuleReference {
  readonly record: ModuleRecord;
  /** Names that it binds twice: it can be checked further, and is refused when it is linked. */
  readonly conflicts?: readonly SourceProblem[];
  /** The text that a person wrote, where it is at hand: for messages. */
  readonly source?: string;
  /** The file's own bytes, where the program may ask for them. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Whether Node would see it as an ES module by its own rules: decides what `default` of CommonJS means to it. */
  readonly nodeMode: boolean;
  /** How messages name it: `/main.ts`, `react@19.3.1/index.js`, a URL. */
  readonly shownAs: string;
  /** One for each request of the record. */
  readonly targets: RequestTarget[];
  /** Who asked for it first. */
  readonly via: { readonly url: string; readonly specifier: string } | undefined;
}

/** Whether a module may ask for more when it runs, by `import()` or a worker. */
export function asksLater({ record, partial }: GraphModule): boolean {
  return partial?.link.asksLater(partial.index) ?? record.requests.some(({ kind }) => isLater(kind));
}

export function isLater(kind: RequestKind | undefined): boolean {
  return kind === "dynamic" || kind === "worker";
}

/** Modules by URL; insertion order is the order in which they were found. */
export type ModuleGraph = Map<string, GraphModule>;
